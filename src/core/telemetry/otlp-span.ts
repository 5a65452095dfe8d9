// A span as JSON: of OpenTelemetry's protocol (attributes as a list, times in nanoseconds; opentelemetry-proto,
// `trace.proto`), or as a row of the store of `wrangler dev`.

import { numberIn, objectOf, timeOf } from "./json-fields";
import type { Fields } from "./json-fields";
import type { Span } from "./span-events";

/** Undefined where it is no span. */
export function otlpSpan(fields: Fields): { readonly span: Span; readonly trace: string | undefined } | undefined {
  const attributes = attributesOf(fields["attributes"]);
  if (attributes === undefined || (attributes["db.query.text"] === undefined && attributes["faas.trigger"] === undefined)) return undefined;
  const start = timeOf(fields["startTimeUnixNano"]) ?? timeOf(fields["start_ms"]) ?? timeOf(fields["startTime"]) ?? timeOf(fields["timestamp"]);
  const end = timeOf(fields["endTimeUnixNano"]) ?? timeOf(fields["endTime"]);
  const trace = fields["traceId"] ?? fields["trace_id"] ?? fields["traceID"];
  const { error } = fields;
  return {
    span: {
      time: start,
      durationMs: numberIn(fields, "duration_ms") ?? numberIn(fields, "duration") ?? (start === undefined || end === undefined ? undefined : Math.max(0, end - start)),
      error: typeof error === "string" ? error : undefined,
      attributes,
    },
    trace: typeof trace === "string" && trace !== "" ? trace.slice(0, 200) : undefined,
  };
}

function attributesOf(value: unknown): Fields | undefined {
  if (!Array.isArray(value)) return objectOf(value);
  const pairs = value.flatMap((one): (readonly [string, unknown])[] => {
    const pair = objectOf(one);
    const held = objectOf(pair?.["value"]);
    return typeof pair?.["key"] === "string" && held !== undefined ? [[pair["key"], valueOf(held)]] : [];
  });
  return Object.fromEntries(pairs);
}

/** Whole numbers are texts there, since they may have 64 bits. */
function valueOf(held: Fields): unknown {
  const whole = held["intValue"];
  return held["stringValue"] ?? held["doubleValue"] ?? held["boolValue"] ?? (typeof whole === "string" ? Number(whole) : whole);
}
