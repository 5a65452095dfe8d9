// Queries that are sent over HTTP, with the body that D1 takes there: `{ sql, params }`.

import type { CallSite } from "../../../../src/core/host/call-site";
import { checkLoopCalls, checkSites } from "../../../support/linked";

const label = ({ executions, loop, sql, binds }: CallSite): string => `${executions[0]?.method ?? "-"} ${loop?.shape ?? "-"} ${sql.status} ${binds?.length ?? "?"}`;

const sender = `
      //- /db.ts
      export async function query(body) {
        const response = await fetch(address, { method: "POST", body: JSON.stringify(body) });
        return response.json();
      }
`;

describe("queries over HTTP", () => {
  it("stand where their body is handed on", () => {
    checkSites(
      `${sender}
      //- /a.ts
      import { query } from "./db";
      for (const id of ids) await query({ sql: "DELETE FROM notes WHERE id = ?", params: [id] });
                                  ^^^^^ all per-element resolved 1
      for (const [kind, set] of groups) {
        const list = [...set];
        await query({ sql: \`SELECT * FROM notes WHERE id IN (\${list.map(() => "?").join(",")})\`, params: list });
              ^^^^^ all chunked resolved ?
      }
      await fetch(address, { method: "POST", body: JSON.stringify({ sql: "SELECT * FROM notes", params: [] }) });
            ^^^^^ all - resolved 0
      send({ title: "Delete from here", params: [] });
      send({ sql: text, params: [] });
      list.push({ sql: "SELECT 1", params: [] });
    `,
      label,
    );
  });

  it("are no other service that a turn waits for", () => {
    checkLoopCalls(`${sender}
      //- /a.ts
      import { query } from "./db";
      const owner = async (id) => (await query({ sql: "SELECT owner FROM notes WHERE id = ?", params: [id] })).results[0];
      for (const id of ids) owners.push(await owner(id));
                                              ^^^^^ owner for-of per-element: 1 read, a.ts:2
    `);
  });
});
