" A backtick and a key type a glyph; Ctrl-^ switches that off and on.
if exists("b:did_ftplugin")
  finish
endif
let b:did_ftplugin = 1
setlocal commentstring=⍝\ %s comments=:⍝
setlocal expandtab shiftwidth=4 softtabstop=4
setlocal keymap=zilde
setlocal iminsert=1
if executable("zilde")
  setlocal formatprg=zilde\ fmt\ -
  setlocal keywordprg=zilde\ doc
endif
let b:undo_ftplugin = "setlocal commentstring< comments< expandtab< shiftwidth< softtabstop< keymap< formatprg< keywordprg<"
