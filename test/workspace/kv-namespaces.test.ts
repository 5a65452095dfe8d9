import assert from "node:assert/strict";
import { applyEdits } from "../../src/core/text/edit";
import { kvBindings, withKvBinding } from "../../src/workspace/kv-namespaces";

function added(path: string, text: string): string | undefined {
  const edits = withKvBinding({ path, text, version: 0 }, "CACHE");
  if (edits === undefined) return undefined;
  const after = applyEdits(text, edits);
  assert.ok(kvBindings({ path, text: after, version: 0 }).includes("CACHE"), after);
  return after;
}

describe("KV namespaces of a wrangler file", () => {
  it("are read in their order", () => {
    assert.deepEqual(kvBindings({ path: "wrangler.toml", text: '[[kv_namespaces]]\nbinding = "A"\nid = "1"\n[[kv_namespaces]]\nbinding = "B"\n', version: 0 }), ["A", "B"]);
    assert.deepEqual(kvBindings({ path: "wrangler.jsonc", text: '{ "kv_namespaces": [{ "binding": "A" }, 3, { "id": "x" }] } // end', version: 0 }), ["A"]);
    assert.deepEqual(kvBindings({ path: "wrangler.toml", text: "[[kv_name", version: 0 }), []);
  });

  it("get one more at the end of a TOML file, whatever table is open there", () => {
    assert.equal(added("wrangler.toml", 'name = "a"\n\n[vars]\nX = 1'), 'name = "a"\n\n[vars]\nX = 1\n\n[[kv_namespaces]]\nbinding = "CACHE"\n');
    assert.equal(added("wrangler.toml", 'name = "a"\r\n'), 'name = "a"\r\n\r\n[[kv_namespaces]]\r\nbinding = "CACHE"\r\n');
    assert.equal(added("wrangler.toml", 'kv_namespaces = [\n  { binding = "A", id = "1" }\n]\n'), 'kv_namespaces = [ { binding = "CACHE" },\n  { binding = "A", id = "1" }\n]\n');
    assert.equal(added("wrangler.toml", "kv_namespaces = []\n"), 'kv_namespaces = [{ binding = "CACHE" }]\n');
  });

  it("get one more in JSON, comments kept", () => {
    assert.equal(added("wrangler.jsonc", '{\n  // ours\n  "name": "a"\n}\n'), '{\n  // ours\n  "name": "a",\n  "kv_namespaces": [\n    {\n      "binding": "CACHE"\n    }\n  ]\n}\n');
    assert.match(added("wrangler.json", '{\n\t"kv_namespaces": [\n\t\t{ "binding": "A" }\n\t]\n}\n')!, /"binding": "A"\n?\t*\s*\},\n\t\t\{\n\t\t\t"binding": "CACHE"/);
  });

  it("are left alone in a file that cannot be read", () => {
    assert.equal(added("wrangler.jsonc", "{ name: "), undefined);
    assert.equal(added("wrangler.jsonc", '{ "kv_namespaces": {} }'), undefined);
    assert.equal(added("wrangler.toml", "name = "), undefined);
  });
});
