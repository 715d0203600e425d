-- In a folder `lsp` of the runtime path; then `vim.lsp.enable("zilde")`.
return {
  cmd = { "zilde", "lsp" },
  filetypes = { "apl" },
  root_markers = { "zilde.toml", ".git" },
  init_options = { inlayHints = "on" },
}
