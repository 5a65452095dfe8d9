// The bytes are SQLite's own (3.40, `journal_mode=WAL`, pages of 512 bytes): a file with one note, and its log with two
// more, each in a commit of its own.

import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { mergeLog } from "../../src/workspace/write-ahead-log";
import { testEngine } from "../support/engine";

const file = unpack("H4sIAAAAAAACAwsO9MksSVVIyy/KTSxRMGZgYmBiYnBQUGBgADIhGAYYgZgFjU8IMDHoJTPyghQzbmUAolFADeDJyCYuKspYXpKYlJOal18CxkzOQa6OIa4KIY5OPq4KIBEFjcwUBU+/EFd31yCFgCBPX8egSAVv10gdhZLUihKFENeIEE1I3PxgAKJRMIIAGyMzg3B+XioAUZarJwAEAAA=");
const log = unpack("H4sIAAAAAAACAzOvZ2ti0H0kwcDAxAAEjAwchkFRYsuz1f9wC/vU/BRigEgwwcSPTbV7rvop1ZoXJMj4gYHxB5AYBcMesDExMwiXlOezMQLp/LxU9HRhPt3mQ5T6KS1QumBmfAZOF0BqFAxLwMHMzCBeklGUmoqeLgAsUoTtUAQAAA==");
const pageSize = 512;
const frame = 24 + pageSize;

describe("a write-ahead log", () => {
  it("brings its file up to the last commit", async () => {
    assert.deepEqual(await notes(mergeLog(file.slice(), log)), ["one", "two", "three"]);
  });

  it("leaves a file readable that has no log: its header asks for none", async () => {
    assert.deepEqual(await notes(mergeLog(file.slice(), new Uint8Array())), ["one"]);
  });

  it("counts up to the last whole frame where its end is missing or overwritten", async () => {
    assert.deepEqual(await notes(mergeLog(file.slice(), log.subarray(0, log.length - 1))), ["one", "two"]);
    const torn = log.slice();
    torn[torn.length - 1]! ^= 1;
    assert.deepEqual(await notes(mergeLog(file.slice(), torn)), ["one", "two"]);
    assert.deepEqual(await notes(mergeLog(file.slice(), log.subarray(0, 32 + frame - 1))), ["one"]);
  });

  it("leaves out what was not committed", async () => {
    const open = log.slice();
    new DataView(open.buffer).setUint32(32 + frame + 4, 0);
    assert.deepEqual(await notes(mergeLog(file.slice(), summed(open, true))), ["one", "two"]);
  });

  it("ends where an earlier round begins, which has other salts", async () => {
    const older = log.slice();
    older[32 + frame + 8]! ^= 1;
    assert.deepEqual(await notes(mergeLog(file.slice(), older)), ["one", "two"]);
  });

  it("is read in both byte orders", async () => {
    const big = log.slice();
    big[3] = 0x83;
    assert.deepEqual(await notes(mergeLog(file.slice(), summed(big.slice(), false))), ["one", "two", "three"]);
    assert.deepEqual(await notes(mergeLog(file.slice(), big)), ["one"], "sums made in the other order");
  });

  it("makes the file as long as the last commit says", () => {
    const longer = log.slice();
    new DataView(longer.buffer).setUint32(32 + frame + 4, 5);
    assert.equal(mergeLog(file.slice(), summed(longer, true)).length, 5 * pageSize);
    const shorter = log.slice();
    new DataView(shorter.buffer).setUint32(32 + frame + 4, 1);
    assert.equal(mergeLog(file.slice(), summed(shorter, true)).length, pageSize);
  });

  it("may hold the whole database, over an empty file", async () => {
    const whole = new Uint8Array(32 + 2 * frame);
    whole.set(log.subarray(0, 32 + frame));
    for (const page of [1, 2]) {
      const at = 32 + (page - 1) * frame;
      const view = new DataView(whole.buffer);
      view.setUint32(at, page);
      view.setUint32(at + 4, page === 2 ? 2 : 0);
      whole.set(log.subarray(16, 24), at + 8);
      whole.set(file.subarray((page - 1) * pageSize, page * pageSize), at + 24);
    }
    assert.deepEqual(await notes(mergeLog(new Uint8Array(), summed(whole, true))), ["one"]);
  });

  it("never throws, whatever its bytes are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(log.length - 1), (noise, at) => {
        const noisy = log.slice();
        noisy.set(noise.subarray(0, noisy.length - at), at);
        assert.ok(mergeLog(file.slice(), noisy).length > 0);
        assert.equal(mergeLog(noise.slice(), noise).length, noise.length);
      }),
    );
  });
});

async function notes(bytes: Uint8Array): Promise<readonly unknown[]> {
  const database = (await testEngine()).open(bytes);
  try {
    const read = database.run("SELECT text FROM note ORDER BY id");
    assert.ok(read.ok);
    return read.rows.map(([text]) => text);
  } finally {
    database.close();
  }
}

function unpack(text: string): Uint8Array {
  return new Uint8Array(gunzipSync(Buffer.from(text, "base64")));
}

/** The log with its checksums made anew. */
function summed(bytes: Uint8Array, littleEndian: boolean): Uint8Array {
  const view = new DataView(bytes.buffer);
  const sums: [number, number] = [0, 0];
  const add = (start: number, length: number): void => {
    for (let at = start; at < start + length; at += 8) {
      sums[0] = (sums[0] + view.getUint32(at, littleEndian) + sums[1]) >>> 0;
      sums[1] = (sums[1] + view.getUint32(at + 4, littleEndian) + sums[0]) >>> 0;
    }
  };
  const put = (at: number): void => sums.forEach((sum, i) => view.setUint32(at + 4 * i, sum));
  add(0, 24);
  put(24);
  for (let at = 32; at + frame <= bytes.length; at += frame) {
    add(at, 8);
    add(at + 24, pageSize);
    put(at + 16);
  }
  return bytes;
}
