import assert from "node:assert/strict";
import { LineIndex } from "../../../src/core/text/line-index";

describe("LineIndex", () => {
  it("counts lines at LF, CRLF and a lone CR", () => {
    const text = "a\nbc\r\nd\re";
    const index = new LineIndex(text);
    assert.deepEqual(index.place(0), { line: 1, column: 1 });
    assert.deepEqual(index.place(2), { line: 2, column: 1 });
    assert.deepEqual(index.place(6), { line: 3, column: 1 });
    assert.deepEqual(index.place(8), { line: 4, column: 1 });
    assert.equal(index.lines, 4);
  });

  it("takes an offset outside the text as the nearest end", () => {
    const index = new LineIndex("ab");
    assert.deepEqual(index.place(-5), { line: 1, column: 1 });
    assert.deepEqual(index.place(99), { line: 1, column: 3 });
  });

  it("gives the whole line without its break", () => {
    const text = "first\r\nsecond\r\n";
    const index = new LineIndex(text);
    assert.deepEqual(index.lineSpan(text, 8), { start: 7, end: 13 });
  });
});
