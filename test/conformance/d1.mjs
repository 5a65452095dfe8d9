// Real D1, as wrangler runs it on a developer's machine, and what its own counter says of a statement.

import { convertV4MiniflareOptions, Miniflare } from "miniflare";

const script = "export default { fetch() { return new Response('no'); } }";

function start(d1Databases, more = {}) {
  return new Miniflare(convertV4MiniflareOptions({ modules: true, script, d1Databases, compatibilityDate: "2025-09-01", ...more }));
}

/** As many empty databases in memory as wanted. */
export async function openDatabases(count) {
  const runtime = start(Object.fromEntries(Array.from({ length: count }, (_, at) => [`DB${at}`, `DB${at}`])));
  return { database: (at) => runtime.getD1Database(`DB${at}`), close: () => runtime.dispose() };
}

/** In memory, or in files below the folder `state`. */
export async function openD1({ id = "DB", state } = {}) {
  const runtime = start({ DB: id }, state && { resourcePersistencePath: state });
  const database = await runtime.getD1Database("DB");
  const prepared = (sql, values) => (values.length === 0 ? database.prepare(sql) : database.prepare(sql).bind(...values));
  return {
    /** Runs a statement; answers whether D1 took it. */
    async run(sql) {
      return prepared(sql, []).run().then(
        () => true,
        () => false,
      );
    },
    /** The rows that D1 counts as read, and its plan; or its error. */
    async count(sql, values) {
      try {
        const plan = await prepared(`EXPLAIN QUERY PLAN ${sql}`, values).all();
        const { meta } = await prepared(sql, values).run();
        return { rowsRead: meta.rows_read, plan: plan.results.map(({ detail }) => detail) };
      } catch (error) {
        return { error: String(error.message ?? error) };
      }
    },
    /** Runs statements in one transaction. */
    batch: (statements) => database.batch(statements.map((sql) => database.prepare(sql))),
    close: () => runtime.dispose(),
  };
}
