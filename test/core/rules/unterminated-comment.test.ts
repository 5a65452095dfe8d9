import assert from "node:assert/strict";
import { check, checkFix, fixed, review } from "../../support/review";

const users = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);
`;

describe("unterminated-comment", () => {
  it("stands where the comment opens", () =>
    check(`${users}
//- /migrations/0002_name.sql
ALTER TABLE users ADD COLUMN name TEXT; /* first */ /* then
                                                    ^^ unterminated-comment This comment is never closed
ALTER TABLE users ADD COLUMN city TEXT;
`));

  it("is not fooled by strings and by comments in comments", () =>
    check(`${users}
//- /migrations/0002_text.sql
INSERT INTO users (email) VALUES ('/* a');
-- like /* b
INSERT INTO users (email) VALUES ('c'); /* d /* e */
`));

  it("closes it at the end", () =>
    checkFix(
      `${users}
//- /migrations/0002_name.sql
ALTER TABLE users ADD COLUMN name TEXT;
/* later:
ALTER TABLE users ADD COLUMN city TEXT;
`,
      "Close the comment",
      `
ALTER TABLE users ADD COLUMN name TEXT;
/* later:
ALTER TABLE users ADD COLUMN city TEXT; */
`,
    ));

  it("sees what a comment hides in a file with carriage returns alone", async () => {
    const hidden = new Map([["migrations/0001_init.sql", "-- users\rCREATE TABLE users (id INTEGER PRIMARY KEY);\r"]]);
    const after = await fixed(hidden, "line feeds");
    assert.equal(after.get("migrations/0001_init.sql"), "-- users\nCREATE TABLE users (id INTEGER PRIMARY KEY);\n");
  });

  it("is silent for CRLF and where nothing is hidden", async () => {
    assert.deepEqual(await review("//- /migrations/0001_init.sql\n-- users\r\nCREATE TABLE users (id INTEGER PRIMARY KEY);\r\n"), []);
    assert.deepEqual(await review("//- /migrations/0001_init.sql\nCREATE TABLE users (id INTEGER PRIMARY KEY);\n-- one\r-- two\r"), []);
  });
});
