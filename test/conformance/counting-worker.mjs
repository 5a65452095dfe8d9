// The Worker around the application of `load.mjs`: counts what it asks of D1 and KV, and sets its clock. `app` and
// `telemetry` are put in when it is bundled.

import app from "app";
import { withTelemetry } from "telemetry";

const counts = { rowsRead: 0, statements: 0, hits: 0, misses: 0, keysRead: 0, keysWritten: 0, byPath: {} };
const now = Date.now;
let clock = 0;
Date.now = () => now() + clock;
let kv;

/** Keeps one object for each binding, as the runtime does. A read of one key is one of the application's own cache. Without `KEEPS` nothing is found again. */
function counted(binding, keeps) {
  return (kv ??= {
    async get(keys, ...options) {
      counts.keysRead += Array.isArray(keys) ? keys.length : 1;
      const found = keeps ? await binding.get(keys, ...options) : null;
      if (!Array.isArray(keys)) counts[found === null ? "misses" : "hits"]++;
      return found;
    },
    put(...entry) {
      counts.keysWritten++;
      return binding.put(...entry);
    },
    delete(key) {
      counts.keysWritten++;
      return binding.delete(key);
    },
  });
}

export default {
  fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname === "/.counts") return Response.json(counts);
    clock = Number(request.headers.get("x-clock"));
    const where = `${request.method} ${pathname.replace(/\/\d+/g, "/:id")}`;
    const log = ({ rowsRead = 0 }) => {
      counts.rowsRead += rowsRead;
      counts.statements++;
      counts.byPath[where] = (counts.byPath[where] ?? 0) + rowsRead;
    };
    return app.fetch(request, { ...env, DB: withTelemetry(env.DB, { log }), CACHE: counted(env.CACHE, env.KEEPS) }, ctx);
  },
};
