import assert from "node:assert/strict";
import { canBeEqual, ends } from "../../../src/core/caching/purges";
import type { CacheCall, CachedValue, CacheKey, CacheStore } from "../../../src/core/host/served";

/** `dash:${id}` */
function key(text: string): CacheKey {
  return { parts: text.split(/(\$\{[^}]*\})/).filter((part) => part !== "").map((part) => (part.startsWith("${") ? { text: part.slice(2, -1) } : part)) };
}

function call(keys: readonly string[], over: Partial<CacheCall> = {}): CacheCall {
  const span = { start: 0, end: 1 };
  return { operation: "delete", stores: [{ kind: "kv", name: "CACHE" }], file: "a.ts", name: span, call: span, functionName: undefined, via: [], keys: keys.map(key), keyExpression: undefined, ttl: undefined, tables: undefined, scope: undefined, prefix: false, ...over };
}

function value(keys: readonly string[], over: Partial<CacheCall> = {}): CachedValue {
  const get = call(keys, { operation: "get", ...over });
  return { get, put: undefined, keys: get.keys, ttl: 300, sites: [] };
}

describe("keys of a cache", () => {
  const equal = (a: string, b: string): boolean => canBeEqual(key(a), key(b), false);

  it("are equal where what is put in can make them so", () => {
    assert.ok(equal("all", "all"));
    assert.ok(equal("dash:${id}", "dash:${userId}"));
    assert.ok(equal("dash:${id}", "dash:42"));
    assert.ok(equal("${key}", "dash:${id}:${month}"));
    assert.ok(equal("${prefix}dash:${id}", "v2:dash:${id}"));
    assert.ok(equal("list-${id}", "list-${page}-${size}"));
  });

  it("are not where a written part says otherwise", () => {
    assert.ok(!equal("dash:${id}", "stats:${id}"));
    assert.ok(!equal("dash:${id}", "dash:${id}:${month}"));
    assert.ok(!equal("all", "all:${page}"));
    assert.ok(!equal("users/${id}", "users/${id}/posts"));
  });

  it("are the same both ways round", () => {
    const keys = ["all", "dash:${id}", "dash:${id}:${m}", "${key}", "a${x}b", "dash:1:x"];
    for (const a of keys) for (const b of keys) assert.equal(equal(a, b), equal(b, a), `${a} ${b}`);
  });

  it("begin with a prefix", () => {
    assert.ok(canBeEqual(key("dash:${id}"), key("dash:${id}:${month}"), true));
    assert.ok(canBeEqual(key("dash:"), key("dash:${id}:${month}"), true));
    assert.ok(!canBeEqual(key("stats:"), key("dash:${id}"), true));
  });
});

describe("a purge", () => {
  const helper: CacheStore = { kind: "helper", name: undefined };

  it("ends what is under its key in its store", () => {
    assert.ok(ends(call(["a"]), value(["a"])));
    assert.ok(!ends(call(["a"]), value(["b"])));
    assert.ok(!ends(call(["a"], { stores: [{ kind: "kv", name: "OTHER" }] }), value(["a"])));
    assert.ok(ends(call(["a"], { stores: [{ kind: "kv", name: undefined }] }), value(["a"])));
    assert.ok(!ends(call(["a"], { stores: [{ kind: "memory", name: "CACHE" }] }), value(["a"])));
  });

  it("counts as one where its key is not known", () => assert.ok(ends(call([]), value(["a"]))));

  it("of our helper ends what has one of its tables", () => {
    const cached = value([], { stores: [helper], tables: ["orders", "users"] });
    assert.ok(ends(call([], { stores: [helper], tables: ["users"] }), cached));
    assert.ok(!ends(call([], { stores: [helper], tables: ["items"] }), cached));
    assert.ok(ends(call([], { stores: [helper] }), cached));
  });
});
