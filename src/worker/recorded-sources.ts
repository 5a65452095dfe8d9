// Recorded traffic from all its sources, summed up: texts that were handed in, and the traces of `wrangler dev`.

import path from "node:path";
import type { HealthSource } from "../core/report/health";
import type { Engine } from "../core/schema/engine";
import type { DatabaseSource } from "../core/schema/sources";
import { readRecorded } from "../core/telemetry/read-recorded";
import type { Traffic } from "../core/telemetry/traffic";
import type { RecordedText } from "../protocol/worker";
import { findTraceStores, TraceReader } from "../workspace/trace-store";

/** One of the texts that were handed in. */
export function readText({ name, text }: RecordedText, traffic: Traffic): HealthSource {
  const { form, events, skipped } = readRecorded(text, traffic);
  return { name, form, events, skipped: [...skipped].map(([reason, count]) => ({ reason, count })), ...(events === 0 ? { why: "it holds no recorded query: give what `wrangler tail --format json`, Workers Logs, Workers Traces or `wrangler d1 insights --json` give" } : {}) };
}

/** `folder` is absolute. */
export async function readTraces(engine: Engine, folder: string, databases: readonly DatabaseSource[], traffic: Traffic): Promise<readonly HealthSource[]> {
  const stores = await findTraceStores(folder, databases);
  if (stores.length === 0) return [{ name: "traces of wrangler dev", form: "traces", events: 0, skipped: [], why: "there are none: run `wrangler dev` (4.118 or newer) and send it some requests" }];
  const reader = new TraceReader(engine);
  const sources: HealthSource[] = [];
  for (const store of stores) {
    const reading = await reader.read(store, (event) => traffic.add(event));
    const name = path.relative(folder, store).replaceAll(path.sep, "/");
    const why = !reading.ok ? `it cannot be used: ${reading.reason}` : reading.events === 0 ? "it holds no call of a database" : undefined;
    sources.push({ name, form: "traces", events: reading.ok ? reading.events : 0, skipped: [], ...(why === undefined ? {} : { why }) });
  }
  return sources;
}
