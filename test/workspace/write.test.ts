import assert from "node:assert/strict";
import { readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { applyFileEdits, writeMigration } from "../../src/workspace/write";
import { folderOf, put, removeFolders } from "./folder";

const now = new Date("2026-03-05T10:20:30Z");
const sql = "CREATE INDEX idx_note_text ON note (text);";

describe("writing", () => {
  after(removeFolders);

  it("writes a whole migration in the folder's style", async () => {
    const folder = await folderOf("\n//- /db/migrations/001_a.sql\nCREATE TABLE note (text);");
    const file = await writeMigration(folder, "db/migrations", [{ path: "001_a.sql", text: undefined }], "index note text", sql, now);
    assert.equal(file, "db/migrations/002_index_note_text.sql");
    assert.equal(await readFile(path.join(folder, file), "utf8"), `${sql}\n`);
  });

  it("makes the folder, and the folder of the migration where each has its own", async () => {
    const folder = await folderOf("\n//- /drizzle/0000_a/migration.sql\nCREATE TABLE note (text);");
    assert.equal(await writeMigration(folder, "migrations", [], "first", sql, now), "migrations/0001_first.sql");
    const file = await writeMigration(folder, "drizzle", [{ path: "0000_a/migration.sql", text: undefined }], "second", sql, now);
    assert.equal(file, "drizzle/0001_second/migration.sql");
    assert.equal(await readFile(path.join(folder, file), "utf8"), `${sql}\n`);
  });

  it("writes wrangler's header where the others have it", async () => {
    const folder = await folderOf("");
    const header = "-- Migration number: 0001 \t 2024-01-01T00:00:00.000Z\n";
    const file = await writeMigration(folder, "m", [{ path: "0001_a.sql", text: header }], "b", sql, now);
    assert.equal(await readFile(path.join(folder, file), "utf8"), `-- Migration number: 0002 \t 2026-03-05T10:20:30.000Z\n${sql}\n`);
  });

  it("counts what others wrote meanwhile, and never writes over it", async () => {
    const folder = await folderOf("\n//- /m/0001_a.sql\none\n//- /m/0002_other.sql\ntwo\n//- /m/9999_archive/x.sql\nold");
    const known = [{ path: "0001_a.sql", text: undefined }];
    assert.equal(await writeMigration(folder, "m", known, "b", sql, now), "m/0003_b.sql");
    // All at once: each has a number of its own.
    const made = await Promise.all(Array.from({ length: 8 }, () => writeMigration(folder, "m", known, "same", sql, now)));
    assert.equal(new Set(made).size, 8);
    for (const name of await readdir(path.join(folder, "m"))) {
      if (name.endsWith("_same.sql")) assert.equal(await readFile(path.join(folder, "m", name), "utf8"), `${sql}\n`);
    }
    assert.equal(await readFile(path.join(folder, "m/0002_other.sql"), "utf8"), "two\n");
  });

  it("says what the system says where it cannot write", async () => {
    const folder = await folderOf("\n//- /m\nthis is a file");
    await assert.rejects(writeMigration(folder, "m", [], "b", sql, now), /EEXIST|ENOTDIR/);
  });

  it("applies edits, all or none, and keeps marks and line ends", async () => {
    const folder = await folderOf("\n//- /b.ts\nlet b = 1;");
    await writeFile(path.join(folder, "a.ts"), "\ufefflet a = 1;\r\n");
    const a = { file: "a.ts", text: "let a = 1;\r\n", edits: [{ span: { start: 8, end: 9 }, newText: "2" }] };
    const b = { file: "b.ts", text: "let b = 1;\n", edits: [{ span: { start: 0, end: 3 }, newText: "const" }] };
    const gone = { file: "gone.ts", text: "", edits: [] };
    assert.deepEqual(await applyFileEdits(folder, [a, b, gone]), { written: [], outdated: ["gone.ts"] });
    assert.equal(await readFile(path.join(folder, "b.ts"), "utf8"), "let b = 1;\n");

    assert.deepEqual(await applyFileEdits(folder, [a, b]), { written: ["a.ts", "b.ts"], outdated: [] });
    assert.equal(await readFile(path.join(folder, "a.ts"), "utf8"), "\ufefflet a = 2;\r\n");
    assert.equal(await readFile(path.join(folder, "b.ts"), "utf8"), "const b = 1;\n");

    await put(folder, "\n//- /b.ts\nlet b = 9;");
    assert.deepEqual(await applyFileEdits(folder, [b]), { written: [], outdated: ["b.ts"] });
  });

  it("touches no bytes that are not UTF-8, and nothing outside the folder", async () => {
    const folder = await folderOf("");
    await writeFile(path.join(folder, "a.ts"), Buffer.from([0x61, 0xff]));
    assert.deepEqual(await applyFileEdits(folder, [{ file: "a.ts", text: "a\ufffd", edits: [] }]), { written: [], outdated: ["a.ts"] });
    await assert.rejects(applyFileEdits(folder, [{ file: "../a.ts", text: "", edits: [] }]), /outside the folder/);
  });
});
