import assert from "node:assert/strict";
import { appendFile, mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { queryEvent } from "../../src/core/telemetry/events";
import type { TrafficEvent } from "../../src/core/telemetry/events";
import { Traffic } from "../../src/core/telemetry/traffic";
import { TrafficFiles } from "../../src/workspace/traffic-files";
import { Batch } from "../../src/workspace/traffic-lines";
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

  it("takes what several windows read once, and goes on where one of them ended", async () => {
    const folder = await newFolder();
    const [one, two] = [new TrafficFiles(folder), new TrafficFiles(folder)];
    const source = calls(50);
    const reads: number[] = [];
    const takeAll = (files: TrafficFiles, until: number) =>
      files.take(async (marks) => {
        const from = typeof marks["store"] === "number" ? marks["store"] : 0;
        reads.push(from);
        const batch = new Batch();
        for (const event of source.slice(from, until)) batch.add(event);
        return { batch, marks: { ...marks, store: until } };
      });
    assert.equal(await takeAll(one, 20), true);
    assert.equal(await takeAll(two, 35), true);
    // At once, in as many turns as the lock asks for.
    const whole = async (files: TrafficFiles): Promise<void> => {
      while (!(await takeAll(files, 50)));
    };
    await Promise.all([whole(one), whole(two), whole(new TrafficFiles(folder))]);
    assert.deepEqual(reads, [0, 20, 35, 50, 50]);
    assert.deepEqual([await callsIn(one), await callsIn(two), await callsIn(new TrafficFiles(folder))], [50, 50, 50]);
    await assert.rejects(one.take(() => Promise.reject(new Error("gone"))), /gone/);
    assert.equal(await takeAll(two, 50), true, "the lock is free again");
  });

  it("is read once, and then what is new", async () => {
    const folder = await newFolder();
    const [one, two] = [new TrafficFiles(folder), new TrafficFiles(folder)];
    await one.append(calls(2));
    assert.equal((await two.kept()).changed, true);
    assert.equal((await two.kept()).changed, false);
    const [name] = await names(folder);
    const line = JSON.stringify(calls(1)[0]);
    await appendFile(path.join(folder, name!), line.slice(0, 30));
    assert.equal((await two.kept()).changed, false, "a line that is being written is none yet");
    await appendFile(path.join(folder, name!), `${line.slice(30)}\n`);
    assert.equal(await callsIn(two), 3);
    await one.compact();
    await one.append(calls(4));
    assert.equal(await callsIn(two), 7);
    await one.clear();
    await one.append(calls(1));
    assert.equal(await callsIn(two), 1, "the files are others, whatever their names");
  });

  it("appends to no file that another window may be taking away", async () => {
    const folder = await newFolder();
    let now = Date.now();
    const idle = new TrafficFiles(folder, () => now);
    await idle.append(calls(2));
    now += 7_200_000;
    await new TrafficFiles(folder, () => now).compact();
    await idle.append(calls(3));
    await new TrafficFiles(folder, () => now).compact();
    assert.equal(await callsIn(new TrafficFiles(folder)), 5);
  });

  it("keeps an import in place of the one before of its name, and the oldest in the sum", async () => {
    const folder = await newFolder();
    const files = new TrafficFiles(folder);
    const other = new TrafficFiles(folder);
    const sum = (count: number) => {
      const traffic = new Traffic();
      for (const event of calls(count)) traffic.add(event);
      return traffic.data();
    };
    await files.append(calls(1));
    assert.equal(await files.import({ name: "insights of db", form: "insights", data: sum(10) }), true);
    assert.equal(await callsIn(other), 11);
    await other.import({ name: "insights of db", form: "insights", data: sum(20) });
    assert.equal(await callsIn(files), 21);
    for (let at = 0; at < 22; at++) await files.import({ name: `${at}.ndjson`, form: "events", data: sum(2) });
    assert.equal(await callsIn(other), 65);
    await files.compact();
    assert.equal((await files.imports()).length, 20);
    assert.deepEqual([await callsIn(files), await callsIn(other)], [65, 65]);
    await files.clear();
    assert.deepEqual([await callsIn(files), await callsIn(other), await files.imports()], [0, 0, []]);
  });

  it("keeps many events as their sum", async () => {
    const folder = await newFolder();
    const files = new TrafficFiles(folder);
    await files.append(calls(5_000));
    const [name] = await names(folder);
    assert.ok((await readFile(path.join(folder, name!), "utf8")).length < 20_000);
    assert.equal(await callsIn(files), 5_000);
    await files.compactWhereLong();
    assert.deepEqual(await names(folder), [name], "there is little to gain");
  });
});
