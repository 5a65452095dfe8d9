// Code and migrations of any size, made from the sample project or in its manner.

import { readFile } from "node:fs/promises";
import path from "node:path";

const endpoints = ["transactions/index.js", "reports/cash-flow.js", "accounts/[id].js", "tags/index.js", "customers/[id].js", "budgets/index.js", "bank/import.js"];

/** One file of about `lines` lines: the sample's endpoints, one after the other, each name with a number. */
export async function repeatedEndpoints(sample: string, lines: number): Promise<string> {
  const bodies = await Promise.all(endpoints.map((file) => readFile(path.join(sample, "functions/api", file), "utf8")));
  const parts: string[] = [];
  for (let at = 0; parts.join("\n").split("\n").length < lines; at++) {
    const body = bodies[at % bodies.length]!.replace(/^import .*$/gm, "").trim();
    parts.push(body.replace(/\b(export (?:async )?(?:function|const)|(?:async )?function|const) (\w+)/g, (_, kind: string, name: string) => `${kind} ${name}${kind === "const" ? "" : at}`));
  }
  return `${parts.map((part) => `{\n${part.replace(/\bexport /g, "")}\n}`).join("\n")}\n`;
}

const columns = "id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, state TEXT, made_on TEXT, amount INTEGER, note TEXT";

export function migration(at: number): string {
  return `CREATE TABLE ledger_${at} (${columns});\nCREATE INDEX ledger_${at}_state ON ledger_${at} (state);\nALTER TABLE ledger_${at} ADD COLUMN extra TEXT;\nUPDATE ledger_${at} SET note = 'x' WHERE id = 1;\n`;
}

/** `tables` is how many tables there are to speak of. */
export function codeFile(at: number, tables: number, queries = 3): string {
  return Array.from({ length: queries }, (_, n) => endpoint(at * queries + n, tables)).join("\n");
}

function endpoint(at: number, tables: number): string {
  const table = `ledger_${at % tables}`;
  return `export async function read${at}({ env, request }) {
  const state = new URL(request.url).searchParams.get("state");
  let sql = "SELECT id, amount, note AS note_${at} FROM ${table} WHERE user_id = ?";
  if (state) sql += " AND state = ?";
  const { results } = await env.DB.prepare(sql + " ORDER BY made_on DESC LIMIT 50").bind(1, state).all();
  for (const row of results) await env.DB.prepare("UPDATE ${table} SET note = ? WHERE id = ?").bind("seen", row.id).run();
  return Response.json(results);
}`;
}

/** One text with optional parts: each condition doubles what it may be. */
export function manyVariants(conditions: number): string {
  const parts = Array.from({ length: conditions }, (_, at) => `  if (query.get("c${at}")) sql += " AND amount <> ${at}";`);
  return `export async function find({ env, query }) {\n  let sql = "SELECT id FROM ledger_0 WHERE user_id = ?";\n${parts.join("\n")}\n  return env.DB.prepare(sql).bind(1).all();\n}\n`;
}

/** A seed of so many rows, a statement each. */
export function seed(rows: number): string {
  return Array.from({ length: rows }, (_, at) => `INSERT INTO ledger_0 (user_id, state, made_on, amount, note) VALUES (${at % 50}, 'open', '2025-01-${String((at % 28) + 1).padStart(2, "0")}', ${at}, 'It''s; row ${at}');`).join("\n");
}

/** Events of the telemetry helper in what `wrangler tail --format json` prints, one event a line: 500 queries, 20 calls a request. */
export function recordedLines(events: number, from: number): string {
  const lines: string[] = [];
  for (let request = Math.floor(from / 20); request < (from + events) / 20; request++) {
    const time = Date.UTC(2026, 0, 1) + request * 900;
    const logs = Array.from({ length: 20 }, (_, at) => {
      const query = `select id, name, total from orders where column_${(request * 20 + at) % 500} = ? and user_id = ? order by created_at desc limit ?`;
      return { message: [JSON.stringify({ plumbline: "query", request: `ray-${request}`, sample: 1, op: "all", query, ms: 9, sqlMs: ((request * 31 + at * 7) % 900) / 10, rows: 5, rowsRead: 5 + (at % 9) * 100, rowsWritten: 0, attempts: 1 })], level: "log", timestamp: time + at };
    });
    lines.push(JSON.stringify({ outcome: "ok", scriptName: "shop", exceptions: [], logs, eventTimestamp: time, event: { request: { url: `https://shop.example/orders/${request % 97}/page-${request % 40}`, method: "GET" } } }));
  }
  return lines.join("\n");
}
