// The glyph that a key types behind the prefix key.
const keys = new Map(require("./keys.json").filter((row) => row.key).map((row) => [row.key, row.glyph]));

// What a key that was typed at a column of a line is replaced by, with the prefix before it; nothing where it types none.
exports.replacement = (prefix, line, column, typed) => {
  if (!prefix || typed.length !== 1 || column < prefix.length) return undefined;
  if (line.slice(column - prefix.length, column) !== prefix) return undefined;
  const glyph = keys.get(typed);
  return glyph && { glyph, before: prefix.length };
};
