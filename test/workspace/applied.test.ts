// What is kept of migrations that a local database has.
import assert from "node:assert/strict";
import { databaseKey, type AppliedMemory } from "../../src/core/analysis/snapshot";
import { remember } from "../../src/workspace/applied";

const source = { binding: "DB", migrationsDir: "db", migrations: ["db/1.sql", "db/2.sql"], baseCandidates: [], declaredIn: undefined, localId: undefined };
const key = databaseKey(source);
const texts = (...[one, two]: readonly string[]) => async (file: string) => (file === "db/1.sql" ? one : two);
const after = (memory: AppliedMemory, times: Readonly<Record<string, string>> | undefined, read = texts("SELECT 1;", "SELECT 2;")) => remember(memory, [source], new Map([[key, times && new Map(Object.entries(times))]]), read);

describe("what is kept of applied migrations", () => {
  it("is the first text that was seen, and the same object until something changes", async () => {
    const first = await after({}, { "1.sql": "monday" });
    assert.deepEqual(Object.keys(first[key]!), ["1.sql"]);
    assert.equal(await after(first, { "1.sql": "monday" }, texts("SELECT 3;")), first);
    const second = await after(first, { "1.sql": "monday", "2.sql": "tuesday" }, texts("SELECT 3;", "SELECT 2;"));
    assert.deepEqual(Object.keys(second[key]!), ["1.sql", "2.sql"]);
    assert.deepEqual(second[key]!["1.sql"], first[key]!["1.sql"]);
  });

  it("is another one where the file was applied anew", async () => {
    const first = await after({}, { "1.sql": "monday" });
    assert.notEqual((await after(first, { "1.sql": "friday" }, texts("SELECT 3;")))[key]!["1.sql"]!.hash, first[key]!["1.sql"]!.hash);
  });

  it("is forgotten where it is not applied any more, or the database is gone, but not where that cannot be read", async () => {
    const first = await after({}, { "1.sql": "monday" });
    assert.deepEqual(await after(first, {}), {});
    assert.deepEqual(await remember(first, [source], new Map(), texts()), {});
    assert.equal(await after(first, undefined), first);
  });

  it("leaves out what has no file, and takes a memory of another make for none", async () => {
    assert.deepEqual(await after({}, { "gone.sql": "monday" }), {});
    const odd = { [key]: { "1.sql": 5 } } as unknown as AppliedMemory;
    assert.equal(Object.keys((await after(odd, { "1.sql": "monday" }))[key]!).length, 1);
  });
});
