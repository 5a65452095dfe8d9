import assert from "node:assert/strict";
import { annotate, assertMarks, onlyFile, parseFixture } from "../../support/fixture";

describe("fixtures", () => {
  it("hold files, whose common indentation is removed", () => {
    const { files } = parseFixture(`
      //- /src/one.ts
      if (a) {
        b();
      }
      //- /migrations/0001.sql
      SELECT 1;
    `);
    assert.deepEqual([...files], [
      ["src/one.ts", "if (a) {\n  b();\n}\n"],
      ["migrations/0001.sql", "SELECT 1;\n"],
    ]);
  });

  it("need no header for a single file", () => {
    assert.deepEqual(onlyFile(parseFixture("let a;")), { path: "main.ts", text: "let a;\n" });
  });

  it("say where the cursor is, without leaving it in the text", () => {
    const { cursor, files } = parseFixture(`
      //- /a.ts
      let a;
      let <|>b;
    `);
    assert.deepEqual(cursor, { path: "a.ts", offset: 11 });
    assert.equal(files.get("a.ts"), "let a;\nlet b;\n");
  });

  it("label stretches by carets under a line, which are no text", () => {
    const { marks, files } = parseFixture(`
      let one = two;
          ^^^ a name
                ^^^
      let three;
    `);
    assert.equal(files.get("main.ts"), "let one = two;\nlet three;\n");
    assert.deepEqual(marks, [
      { path: "main.ts", span: { start: 4, end: 7 }, label: "a name" },
      { path: "main.ts", span: { start: 10, end: 13 }, label: "" },
    ]);
  });

  it("refuse two cursors, a file twice, and carets beyond their line", () => {
    assert.throws(() => parseFixture("<|>a\n<|>b"), /one cursor/);
    assert.throws(() => parseFixture("//- /a\nx\n//- /a\ny"), /stands twice/);
    assert.throws(() => parseFixture("let a;\n      ^^^^"), /past the end/);
  });

  it("are compared as annotated text", () => {
    const fixture = parseFixture(`
      let one = two;
          ^^^ first
                ^^^ second
    `);
    assertMarks(fixture, "main.ts", [
      { span: { start: 10, end: 13 }, label: "second" },
      { span: { start: 4, end: 7 }, label: "first" },
    ]);
    assert.throws(() => assertMarks(fixture, "main.ts", [{ span: { start: 4, end: 7 }, label: "first" }]));
  });

  it("annotate a stretch of several lines on its first", () => {
    assert.equal(annotate("ab\ncd", [{ span: { start: 1, end: 4 }, label: "x" }]), "ab\n ^ x\ncd");
  });
});
