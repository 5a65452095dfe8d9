import assert from "node:assert/strict";
import { check, checkFix, review } from "../../support/review";

const tables = `
//- /migrations/0001_init.sql
CREATE TABLE stock (id INTEGER PRIMARY KEY, "begin" TEXT, pieces INTEGER NOT NULL);
CREATE TABLE sales (id INTEGER PRIMARY KEY, stock_id INTEGER NOT NULL);
`;

describe("trigger-splitting", () => {
  it("says once for a file what is not in capitals, and once what the CASE does", () =>
    check(`${tables}
//- /migrations/0002_triggers.sql
CREATE TRIGGER sold AFTER INSERT ON sales begin
                                          ^^^^^ trigger-splitting capitals only
  UPDATE stock SET pieces = CASE WHEN pieces > 0 THEN pieces - 1 ELSE 0 END WHERE id = new.stock_id;
                            ^^^^ trigger-splitting the END of its CASE
END;
CREATE TRIGGER returned AFTER DELETE ON sales Begin
  UPDATE stock SET pieces = pieces + 1 WHERE id = old.stock_id;
end;
`));

  it("leaves alone what D1 cuts well", () =>
    check(`${tables}
//- /migrations/0002_triggers.sql
create trigger sold after insert on sales when case new.id when 0 then 0 else 1 end BEGIN
  update stock set pieces = (case when pieces > 0 then pieces - 1 else 0 end), "begin" = 'begin' where id = new.stock_id;
  select max(0, case when pieces > 0 then 1 else 0 end) from stock;
END;
`));

  it("puts the outermost CASE in parentheses", () =>
    checkFix(
      `${tables}
//- /migrations/0002_triggers.sql
CREATE TRIGGER sold AFTER INSERT ON sales BEGIN
  UPDATE stock SET pieces = CASE WHEN pieces > 0 THEN CASE pieces WHEN 1 THEN 0 ELSE pieces - 1 END ELSE 0 END;
END;
`,
      "parentheses",
      `
CREATE TRIGGER sold AFTER INSERT ON sales BEGIN
  UPDATE stock SET pieces = (CASE WHEN pieces > 0 THEN CASE pieces WHEN 1 THEN 0 ELSE pieces - 1 END ELSE 0 END);
END;
`,
    ));

  it("knows CRLF in a body", async () => {
    const text = "CREATE TRIGGER sold AFTER INSERT ON sales\nBEGIN\r\n  UPDATE stock SET pieces = pieces - 1 WHERE id = new.stock_id;\r\nEND;";
    const findings = await review(`${tables}\n//- /migrations/0002_trigger.sql\n${text}\n`);
    assert.deepEqual(findings.map(({ rule, data, fixes }) => [rule, data["trap"], fixes().length]), [["trigger-splitting", "crlf", 0]]);
  });
});
