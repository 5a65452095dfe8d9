// Recorded traffic as text, in the forms that its sources have.

export const start = Date.UTC(2026, 5, 1, 12);

export interface LoggedQuery {
  readonly query: string;
  readonly request?: string;
  readonly ms?: number;
  readonly [field: string]: unknown;
}

/** The line of the telemetry helper. */
export function helperLine({ ms = 1, request = "r1", ...fields }: LoggedQuery): string {
  return JSON.stringify({ plumbline: "query", request, sample: 1, op: "all", ms, ...fields });
}

/** An event of `wrangler tail --format json`, whose request logged these lines. */
export function tailEvent(lines: readonly string[], { url = "https://shop.example/orders/7?page=2", method = "GET", at = start } = {}): unknown {
  return {
    wallTime: 12,
    cpuTime: 3,
    truncated: false,
    executionModel: "stateless",
    outcome: "ok",
    scriptName: "shop",
    exceptions: [],
    logs: lines.map((line, turn) => ({ message: [line], level: "log", timestamp: at + turn })),
    eventTimestamp: at,
    event: { request: { url, method, headers: { "cf-ray": "8f00" }, cf: {} }, response: { status: 200 } },
  };
}

/** A D1 span as OpenTelemetry's JSON has it. */
export function otlp(spans: readonly { readonly name: string; readonly trace: string; readonly attributes: Readonly<Record<string, string | number>> }[], at = start): unknown {
  return {
    resourceSpans: [
      {
        resource: { attributes: [] },
        scopeSpans: [
          {
            spans: spans.map(({ name, trace, attributes }) => ({
              traceId: trace,
              name,
              startTimeUnixNano: `${at}000000`,
              endTimeUnixNano: `${at + 9}000000`,
              attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: typeof value === "string" ? { stringValue: value } : { intValue: String(value) } })),
            })),
          },
        ],
      },
    ],
  };
}
