// The extension: starts `zilde lsp`, and types glyphs by a prefix key.
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");
const { replacement } = require("./prefix");

let client;

exports.activate = async (context) => {
  const settings = () => vscode.workspace.getConfiguration("zilde");
  context.subscriptions.push(
    vscode.workspace.onDidChangeTextDocument(async ({ document, contentChanges }) => {
      const editor = vscode.window.activeTextEditor;
      if (!editor || editor.document !== document || !document.languageId.startsWith("apl")) return;
      if (contentChanges.length !== 1) return;
      const { text, range } = contentChanges[0];
      const line = document.lineAt(range.start.line).text;
      const found = replacement(settings().get("prefixKey"), line, range.start.character, text);
      if (!found) return;
      const start = range.start.translate(0, -found.before);
      const end = range.start.translate(0, text.length);
      await editor.edit((edit) => edit.replace(new vscode.Range(start, end), found.glyph), {
        undoStopBefore: false,
        undoStopAfter: false,
      });
    }),
  );
  client = new LanguageClient(
    "zilde",
    "zilde",
    { command: settings().get("path"), args: ["lsp"] },
    {
      documentSelector: [{ language: "apl" }, { language: "apl-transcript" }],
      initializationOptions: { inlayHints: settings().get("inlayHints") },
      synchronize: {
        configurationSection: "zilde",
        // Files that change outside of the editor belong to the programs that are open.
        fileEvents: vscode.workspace.createFileSystemWatcher("**/*.{apl,apls,aplf,aplo,apln,apla,dyalog}"),
      },
    },
  );
  await client.start();
};

exports.deactivate = () => client?.stop();
