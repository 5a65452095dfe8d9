import assert from "node:assert/strict";
import type { Forgotten } from "../../../src/core/caching/cache-map";
import { matters } from "../../../src/core/caching/forgotten";

/** A write that leaves a value of this key and this time to live. */
function left(key: string, ttl: number | "none" | "unknown", route = "/api/notes"): boolean {
  const value = { get: { functionName: undefined, stores: [{ kind: "kv", name: "CACHE" }] }, keys: [{ parts: [key] }], ttl };
  return matters({ value, endpoint: { kind: "http", route, functionName: undefined } } as unknown as Forgotten);
}

describe("a purge that is missing", () => {
  it("is missed where the value lives on", () => {
    assert.ok(left("notes:all", 300));
    assert.ok(left("generated-report:", "none"));
    assert.ok(left("corporate:", "unknown"));
  });

  it("is not missed of what ends soon, comes at its own pace, or happens once", () => {
    assert.ok(!left("notes:all", 60));
    for (const key of ["fx-rates:eur", "ratelimit:1", "rate_limit:", "weather:", "nonce:1"]) assert.ok(!left(key, 600), key);
    assert.ok(!left("notes:all", 300, "/api/setup"));
  });
});
