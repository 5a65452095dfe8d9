import assert from "node:assert/strict";
import { sourceFrame } from "../../src/cli/formats/source-frame";
import { dedent, findingIn } from "./support";

const same = (text: string) => text;

function check(marked: string, expected: string, width = 80): void {
  const { source, range } = findingIn("x.ts", marked);
  const frame = sourceFrame(source, range, { width, gutter: same, mark: same });
  assert.equal(dedent(`\n${frame.join("\n")}\n`), dedent(`\n${expected}`));
}

describe("source frame", () => {
  it("points at a part of a line, without the indent", () => {
    check(
      'function f() {\n    db.prepare("SELECT «total» FROM orders");\n}',
      `
      2 │ db.prepare("SELECT total FROM orders");
        │                    ^^^^^
      `,
    );
  });

  it("marks the lines of a longer range", () => {
    check(
      "db.prepare(«`\n  SELECT *\n  FROM orders`»)",
      `
      > 1 │ db.prepare(\`
          │            ^
      > 2 │   SELECT *
      > 3 │   FROM orders\`)
      `,
    );
  });

  it("says that a range goes on after the last line it has", () => {
    check(
      "«one\ntwo\nthree\nfour\nfive\nsix\nseven»",
      `
      > 1 │ one
      > 2 │ two
      > 3 │ three
      > 4 │ four
      > 5 │ five
          │ …
      `,
    );
  });

  it("keeps carets in place behind tabs, wide and combining characters", () => {
    check("\tx\t= «y»;", "  1 │ x   = y;\n    │       ^\n");
    check('const 名前 = "«値»";', '  1 │ const 名前 = "値";\n    │               ^^\n');
    check("cafe\u0301 «x»", "  1 │ cafe\u0301 x\n    │      ^\n");
    check("«🙂» x", "  1 │ 🙂 x\n    │ ^^\n");
  });

  it("cuts a long line around the carets", () => {
    check(
      `${"a".repeat(90)} «needle» ${"b".repeat(90)}`,
      `
        1 │ …aaaaaaa needle bbbbbbbbbbbbbbbbb…
          │          ^^^^^^
      `,
      40,
    );
    check(`«${"a".repeat(90)}»`, `  1 │ ${"a".repeat(33)}…\n    │ ${"^".repeat(33)}\n`, 40);
  });

  it("shows one caret for a place without width, also at the end of the line", () => {
    check("SELECT «»1", "  1 │ SELECT 1\n    │        ^\n");
    check("SELECT«»", "  1 │ SELECT\n    │       ^\n");
  });

  it("hands no control character to the terminal", () => {
    check("a \u001b[31m «b»", "  1 │ a ·[31m b\n    │         ^\n");
  });

  it("is empty where there is no source", () => {
    check("«»", "");
    assert.deepEqual(sourceFrame([], { start: { line: 3, column: 1 }, end: { line: 3, column: 4 } }, { width: 80, gutter: same, mark: same }), []);
  });
});
