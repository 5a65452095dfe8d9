import assert from "node:assert/strict";
import { mkdir, readdir, symlink, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { findLocalDatabase, localFileName, maxDatabaseBytes, readDatabaseFile, readLocalDatabase, stampOf } from "../../src/workspace/local-database";
import type { LocalSource } from "../../src/workspace/local-database";
import { testEngine } from "../support/engine";
import { folderOf, removeFolders } from "./folder";

const state = ".wrangler/state/v3/d1/miniflare-D1DatabaseObject";
const shop: LocalSource = { binding: "DB", declaredIn: "wrangler.toml", migrationsDir: "migrations", localId: "11111111-2222-3333-4444-555555555555" };

async function shopBytes(notes = 1): Promise<Uint8Array> {
  const database = (await testEngine()).open();
  try {
    database.run("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT)");
    for (let at = 0; at < notes; at++) database.run("INSERT INTO note (text) VALUES ('a')");
    return database.bytes();
  } finally {
    database.close();
  }
}

/** A folder with local database files of these names below these folders. */
async function folderWith(files: readonly string[]): Promise<string> {
  const folder = await folderOf("//- /README\nhello");
  for (const file of files) {
    const whole = path.join(folder, file);
    await mkdir(path.dirname(whole), { recursive: true });
    await writeFile(whole, await shopBytes());
  }
  return folder;
}

async function found(files: readonly string[], source: LocalSource): Promise<string | undefined> {
  const folder = await folderWith(files);
  const file = await findLocalDatabase(folder, source);
  return file === undefined ? undefined : path.relative(folder, file).replaceAll(path.sep, "/");
}

describe("the local database", () => {
  after(removeFolders);

  it("is named after its id as the runtime does it", () => {
    assert.equal(localFileName("11111111-2222-3333-4444-555555555555"), "f023adf8de81e80d62670e09f086149af129cccda34c51f26517069258c53e8c.sqlite");
    assert.equal(localFileName("DB"), "e7352547963de7050bd7d94658afc4fe78b61811b7815da12d90be8e863abf4d.sqlite");
  });

  it("lies beside the wrangler file that declares it", async () => {
    const own = `${state}/${localFileName(shop.localId!)}`;
    assert.equal(await found([own, `${state}/metadata.sqlite`], shop), own);
    assert.equal(await found([own], { ...shop, declaredIn: "apps/api/wrangler.toml" }), undefined);
    assert.equal(await found([`apps/api/${own}`], { ...shop, declaredIn: "apps/api/wrangler.toml" }), `apps/api/${own}`);
  });

  it("may be named after the binding, as `wrangler pages dev --d1` does it", async () => {
    const byBinding = `${state}/${localFileName("DB")}`;
    assert.equal(await found([byBinding], shop), byBinding);
  });

  it("is the only one there is where no configuration gives an id, but never another's", async () => {
    const other = `${state}/${"ab".repeat(32)}.sqlite`;
    const nameless = { ...shop, declaredIn: undefined, localId: undefined };
    assert.equal(await found([other, `${state}/metadata.sqlite`], nameless), other);
    assert.equal(await found([other], shop), undefined);
    assert.equal(await found([other, `${state}/${"cd".repeat(32)}.sqlite`], nameless), undefined);
  });

  it("is looked for above the migrations where nothing is declared", async () => {
    const other = `${state}/${"ab".repeat(32)}.sqlite`;
    assert.equal(await found([`apps/api/${other}`], { ...shop, declaredIn: undefined, localId: undefined, migrationsDir: "apps/api/migrations" }), `apps/api/${other}`);
  });

  it("is read whole, and nothing is written beside it", async () => {
    const folder = await folderWith([`${state}/${localFileName("DB")}`]);
    const read = await readLocalDatabase(folder, shop);
    assert.ok(read.ok);
    assert.deepEqual(read.bytes, await shopBytes());
    assert.deepEqual(await readdir(path.join(folder, state)), [localFileName("DB")]);
  });

  it("is a reason where it cannot be read, never an exception", async () => {
    const folder = await folderOf("//- /README\nhello\n//- /text.sqlite\nThis is no database\n//- /half.sqlite\nSQLite format 3\0 and no more\n//- /dir.sqlite/file\nhello");
    const file = (name: string): string => path.join(folder, name);
    await writeFile(file("empty.sqlite"), "");
    await writeFile(file("good.sqlite"), await shopBytes());
    await symlink(file("good.sqlite"), file("link.sqlite"));
    await writeFile(file("huge.sqlite"), "");
    await truncate(file("huge.sqlite"), maxDatabaseBytes + 1);
    await writeFile(file("busy.sqlite"), await shopBytes());
    await writeFile(file("busy.sqlite-journal"), "pages as they were");
    const reason = async (name: string): Promise<string> => {
      const read = await readDatabaseFile(file(name));
      return read.ok ? "read" : read.reason;
    };
    assert.deepEqual(
      await Promise.all(["empty", "text", "half", "dir", "link", "huge", "busy", "none", "good"].map((name) => reason(`${name}.sqlite`))),
      ["it is empty", "it is no SQLite database", "it is no SQLite database", "it is no file", "it is a symbolic link", "it is over 256 MB", "it is being written to", "it is gone", "read"],
    );
    const missing = await readLocalDatabase(folder, shop);
    assert.deepEqual(missing, { ok: false, path: undefined, reason: "wrangler has made no local database yet" });
  });

  it("is read without its log where the log is cut off or is none", async () => {
    const folder = await folderOf("//- /README\nhello");
    const file = path.join(folder, "a.sqlite");
    await writeFile(file, await shopBytes());
    for (const log of ["", "short", "x".repeat(5_000)]) {
      await writeFile(`${file}-wal`, log);
      const read = await readDatabaseFile(file);
      assert.deepEqual(read.ok && read.bytes, await shopBytes());
    }
  });

  it("has another stamp once it or its log was written to", async () => {
    const folder = await folderOf("//- /README\nhello");
    const file = path.join(folder, "a.sqlite");
    assert.equal(await stampOf(file), undefined);
    await writeFile(file, await shopBytes());
    const first = await stampOf(file);
    assert.equal(await stampOf(file), first);
    await writeFile(`${file}-wal`, "more");
    const second = await stampOf(file);
    await writeFile(file, await shopBytes(1_000));
    assert.equal(new Set([first, second, await stampOf(file)]).size, 3);
  });
});
