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
console.log("ok");
