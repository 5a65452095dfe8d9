import assert from "node:assert/strict";
import { classOf, ttlOf } from "../../../src/core/caching/cache-class";
import { savingOf } from "../../../src/core/caching/worth";

describe("what a cache saves", () => {
  it("is what is left of the rows after KV's own price", () => {
    // 2 key reads of 500 (3 of one user), and a fifth of the calls reads the rows and writes a key.
    assert.ok(Math.abs(savingOf(10_000, 1, "shared", "kv")! - 0.6) < 1e-9);
    assert.ok(Math.abs(savingOf(10_000, 1, "user", "kv")! - 0.55) < 1e-9);
  });

  it("is nothing where the cache costs more", () => {
    assert.equal(savingOf(2_500, 1, "shared", "kv"), undefined);
    assert.notEqual(savingOf(1, 1, "shared", "cache-api"), undefined);
    assert.equal(savingOf(100_000, 1, "request", "kv"), undefined);
    assert.equal(savingOf(0, 1, "shared", "cache-api"), undefined);
  });

  it("is the hit rate where a call has no price", () => assert.ok(Math.abs(savingOf(3_000, 4, "user", "workers-cache")! - 0.8) < 1e-9));
});

describe("the class of a read", () => {
  it("is told by names", () => {
    assert.equal(classOf(["/api/dashboard"]), "dashboard");
    assert.equal(classOf(["getMonthlySummary"]), "dashboard");
    assert.equal(classOf(["/api/reports/:id"]), "report");
    assert.equal(classOf(["cash-flow"]), "report");
    assert.equal(classOf(["/api/user/settings"]), "preferences");
    assert.equal(classOf(["listCategories"]), "categories");
    assert.equal(classOf(["/api/transactions", "onRequestGet"]), undefined);
  });

  it("has a time that the settings change", () => {
    assert.equal(ttlOf("report", {}), 600);
    assert.equal(ttlOf("report", { report: 60 }), 60);
  });
});
