// Tests of what needs no editor: node test.js
const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const { replacement } = require("./prefix");

assert.deepStrictEqual(replacement("`", "x`r", 2, "r"), { glyph: "⍴", before: 1 });
assert.deepStrictEqual(replacement("`", "``", 1, "`"), { glyph: "⋄", before: 1 });
assert.strictEqual(replacement("`", "xr", 1, "r"), undefined);
assert.strictEqual(replacement("`", "`é", 1, "é"), undefined);
assert.strictEqual(replacement("", "`r", 1, "r"), undefined);

const read = (name) => JSON.parse(fs.readFileSync(path.join(__dirname, name), "utf8"));
const grammar = read("syntaxes/apl.tmLanguage.json");
for (const pattern of grammar.patterns) new RegExp(pattern.match.replace("\\A", "^"), "u");
const manifest = read("package.json");
for (const file of [manifest.main, ...manifest.contributes.grammars.map((grammar) => grammar.path)]) {
  assert.ok(fs.existsSync(path.join(__dirname, file)), file);
}
const scope = (text) => {
  const found = grammar.patterns.find(({ match }) => new RegExp(`^(?:${match.replace("\\A", "^")})`, "u").test(text));
  return found && found.name;
};
assert.strictEqual(scope("⍴x"), "entity.name.function.apl");
assert.strictEqual(scope("¨x"), "storage.modifier.operator.apl");
assert.strictEqual(scope("⎕IO"), "support.function.system.apl");
assert.strictEqual(scope("'a''b'"), "string.quoted.single.apl");
assert.strictEqual(scope("⍝ c"), "comment.line.lamp.apl");
assert.strictEqual(scope("¯1.5E3J2"), "constant.numeric.apl");

// The extension with stand-ins for the editor and for the client of the language server.
const Module = require("node:module");
const typed = [];
let told, started;
const settings = { path: "zilde", inlayHints: "hover", prefixKey: "`" };
class Range {
  constructor(start, end) {
    Object.assign(this, { start, end });
  }
}
const editor = {
  document: { languageId: "apl", lineAt: () => ({ text: "x←`r" }) },
  edit: async (change) => change({ replace: (range, text) => typed.push([range.start, range.end, text]) }),
};
const stand = {
  vscode: {
    Range,
    window: { activeTextEditor: editor },
    workspace: {
      getConfiguration: () => ({ get: (name) => settings[name] }),
      onDidChangeTextDocument: (listener) => (told = listener),
      createFileSystemWatcher: (pattern) => ({ pattern }),
    },
  },
  "vscode-languageclient/node": {
    LanguageClient: class {
      constructor(id, name, server, client) {
        started = { server, client };
      }
      async start() {}
    },
  },
};
const load = Module._load;
Module._load = (name, ...rest) => stand[name] ?? load(name, ...rest);
(async () => {
  await require("./extension").activate({ subscriptions: [] });
  assert.deepStrictEqual(started.server, { command: "zilde", args: ["lsp"] });
  assert.deepStrictEqual(started.client.initializationOptions, { inlayHints: "hover" });
  assert.match(started.client.synchronize.fileEvents.pattern, /aplf/);
  const at = (character) => ({ line: 0, character, translate: (_, by) => at(character + by) });
  await told({ document: editor.document, contentChanges: [{ text: "r", range: { start: at(3) } }] });
  const [[start, end, glyph]] = typed;
  assert.deepStrictEqual([start.character, end.character, glyph], [2, 4, "⍴"]);
  console.log("ok");
})();
