import assert from "node:assert/strict";
import { appendFile, mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { queryEvent } from "../../src/core/telemetry/events";
import type { TrafficEvent } from "../../src/core/telemetry/events";
import { TrafficFiles } from "../../src/workspace/traffic-files";
import { folderOf, removeFolders } from "./folder";

const time = Date.UTC(2026, 5, 1);
const calls = (count: number, sql = "SELECT a FROM t"): readonly TrafficEvent[] => Array.from({ length: count }, (_, at) => queryEvent({ sql, time: time + at, ms: 3, rowsRead: 2, request: { id: `r${at}`, method: "GET", path: "/a" } }));
const callsIn = async (files: TrafficFiles): Promise<number> => (await files.kept()).traffic.figures().calls;

async function newFolder(): Promise<string> {
  return path.join(await folderOf("//- /README\nhello"), "traffic");
}

const names = async (folder: string): Promise<readonly string[]> => (await readdir(folder)).filter((name) => name.endsWith(".ndjson"));

describe("recorded traffic in files", () => {
  after(removeFolders);

  it("is what all windows kept, before it is summed up and after", async () => {
    const folder = await newFolder();
    const [one, two] = [new TrafficFiles(folder), new TrafficFiles(folder)];
    assert.equal(await callsIn(one), 0);
    await Promise.all([one.append(calls(3)), two.append(calls(4)), one.append([{ kind: "cache", time, name: "monthly", outcome: "hit", count: 2, ms: 4 }])]);
    assert.equal(await callsIn(two), 7);
    assert.equal(await one.compact(), true);
    assert.equal((await names(folder)).length, 1, "the other window may be writing to its own");
    await one.append(calls(5));
    const { calls: all, caches, queries, endpoints } = (await two.kept()).traffic.figures();
    assert.deepEqual([all, caches[0]?.hits, queries[0]?.rowsRead, endpoints[0]?.endpoint], [12, 2, 24, "GET /a"]);
    await two.compact();
    await one.compact();
    assert.deepEqual(await names(folder), []);
    assert.equal(await callsIn(new TrafficFiles(folder)), 12);
  });

  it("takes over what a window left that is gone", async () => {
    const folder = await newFolder();
    await new TrafficFiles(folder).append(calls(3));
    const [left] = await names(folder);
    const later = new TrafficFiles(folder);
    await later.compact();
    assert.deepEqual(await names(folder), [left]);
    await utimes(path.join(folder, left!), new Date(Date.now() - 7_200_000), new Date(Date.now() - 7_200_000));
    await later.compact();
    assert.deepEqual(await names(folder), []);
    assert.equal(await callsIn(later), 3);
  });

  it("counts nothing twice where the work was cut off before the files were taken away", async () => {
    const folder = await newFolder();
    const files = new TrafficFiles(folder);
    await files.append(calls(3));
    const [name] = await names(folder);
    const lines = await readFile(path.join(folder, name!), "utf8");
    await files.compact();
    await writeFile(path.join(folder, name!), lines);
    const next = new TrafficFiles(folder);
    assert.equal(await callsIn(next), 3);
    await next.append(calls(1));
    await next.compact();
    assert.deepEqual(await names(folder), []);
    assert.equal(await callsIn(next), 4);
  });

  it("waits for no lock, and takes one away whose holder is gone", async () => {
    const folder = await newFolder();
    const files = new TrafficFiles(folder);
    await files.append(calls(2));
    await mkdir(path.join(folder, "lock"));
    assert.equal(await files.compact(), false);
    assert.equal(await callsIn(files), 2);
    const later = new TrafficFiles(folder, () => Date.now() + 120_000);
    assert.equal(await later.compact(), true);
    assert.ok(!(await readdir(folder)).includes("lock"));
  });

  it("leaves out what is broken", async () => {
    const folder = await newFolder();
    const files = new TrafficFiles(folder);
    await files.append(calls(2));
    const [name] = await names(folder);
    await appendFile(path.join(folder, name!), '{"kind":"query","key":1}\n{"kind":"cache"}\nnull\n{"kind":"query","key":"select');
    assert.equal(await callsIn(files), 2);
    for (const sum of ["{", "[]", '{"data":{"version":1}}', '{"data":{"version":2},"taken":7}', '{"data":{"version":1,"queries":[{}],"times":null}}']) {
      await writeFile(path.join(folder, "sum.json"), sum);
      assert.equal(await callsIn(files), 2, sum);
    }
  });

  it("is forgotten when it is cleared", async () => {
    const folder = await newFolder();
    const files = new TrafficFiles(folder);
    await files.append(calls(2));
    await files.compact();
    await files.append(calls(2));
    assert.equal(await files.clear(), true);
    assert.equal(await callsIn(files), 0);
    await files.append(calls(1));
    assert.equal(await callsIn(files), 1);
  });
});
