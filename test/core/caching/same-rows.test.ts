import assert from "node:assert/strict";
import { canChange } from "../../../src/core/caching/same-rows";
import { changesOf } from "../../../src/core/caching/write-set";
import { closePlannings, planning, statement } from "../../support/planning";

const ddl = `
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT UNIQUE, last_login TEXT);
CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE, kind TEXT, title TEXT, place INTEGER);
CREATE TABLE settings (user_id INTEGER PRIMARY KEY REFERENCES users (id), theme TEXT);
`;

describe("a change", () => {
  after(closePlannings);

  async function touches(write: string, read: string, keeps: "all" | "rows" = "all"): Promise<boolean> {
    const { planner } = await planning(ddl);
    const written = statement(write);
    return changesOf(written, planner.schema).some((change) => canChange(change, written, statement(read), planner, keeps));
  }

  it("is one of a read by its columns", async () => {
    assert.ok(await touches("UPDATE users SET name = ?", "SELECT name FROM users"));
    assert.ok(!(await touches("UPDATE users SET last_login = ?", "SELECT name FROM users")));
    assert.ok(await touches("UPDATE users SET last_login = ?", "SELECT * FROM users"));
    assert.ok(await touches("UPDATE notes SET place = 1", "SELECT title FROM notes ORDER BY place"));
    assert.ok(await touches("DELETE FROM users WHERE id = ?", "SELECT title FROM notes"));
  });

  it("is none of rows alone where it makes another row, or notes a login", async () => {
    const row = "SELECT * FROM users WHERE email = ?";
    assert.ok(await touches("INSERT INTO users (email) VALUES (?)", row));
    assert.ok(!(await touches("INSERT INTO users (email) VALUES (?)", row, "rows")));
    assert.ok(await touches("INSERT INTO users (email, name) VALUES (?, ?)", "SELECT * FROM users WHERE name = ?", "rows"));
    assert.ok(!(await touches("UPDATE users SET last_login = ?", row, "rows")));
    assert.ok(await touches("UPDATE users SET last_login = ?", "SELECT last_login FROM users WHERE email = ?", "rows"));
    assert.ok(await touches("UPDATE users SET last_login = ?, name = ?", row, "rows"));
  });

  it("is none where both name other literals", async () => {
    assert.ok(!(await touches("INSERT INTO notes (user_id, kind) VALUES (?, 'done')", "SELECT title FROM notes WHERE kind = 'open'")));
    assert.ok(await touches("INSERT INTO notes (user_id, kind) VALUES (?, 'open')", "SELECT title FROM notes WHERE kind = 'open'"));
    assert.ok(!(await touches("UPDATE notes SET title = ? WHERE kind = 'done'", "SELECT title FROM notes WHERE kind = 'open'")));
    assert.ok(await touches("UPDATE notes SET kind = ? WHERE kind = 'done'", "SELECT title FROM notes WHERE kind = 'open'"));
  });

  it("is none where a new row cannot be what is asked for", async () => {
    assert.ok(!(await touches("INSERT INTO notes (user_id, title) VALUES (?, ?)", "SELECT title FROM notes WHERE id = ?")));
    assert.ok(!(await touches("INSERT INTO notes (title) VALUES (?)", "SELECT title FROM notes WHERE user_id = ?")));
    assert.ok(await touches("INSERT INTO notes (user_id, title) VALUES (?, ?)", "SELECT title FROM notes WHERE user_id = ?"));
    const joined = "SELECT n.title, u.name FROM notes n JOIN users u ON u.id = n.user_id WHERE n.id = ?";
    assert.ok(!(await touches("INSERT INTO users (name) VALUES (?)", joined)));
    assert.ok(!(await touches("INSERT INTO users (name) VALUES (?)", joined.replace("JOIN", "LEFT JOIN"))));
    assert.ok(await touches("INSERT INTO users (name) VALUES (?)", "SELECT n.title, u.name FROM notes n JOIN users u ON u.name = n.title WHERE n.id = ?"));
    assert.ok(await touches("INSERT INTO users (name) VALUES (?)", "SELECT u.name, n.title FROM users u LEFT JOIN notes n ON n.user_id = u.id"));
    assert.ok(await touches("INSERT INTO settings (user_id, theme) VALUES (?, ?)", "SELECT theme FROM settings WHERE user_id = ?"));
  });
});
