// Writes that come with nearly every request, such as of a session's last use or of a counter of views: nothing that
// reads what they change would live in a cache, and nobody purges for them.

import type { Endpoint } from "../host/served";
import { tableKind } from "../planner/table-kind";
import type { Schema } from "../schema/schema";
import { findTable } from "../schema/schema";
import type { Change } from "./write-set";

/** A write on this share of all endpoints, and on so many of them, is one of a middleware. */
const MIDDLEWARE_SHARE = 1 / 3;
const FEWEST = 4;

/** Of the changes of one write, those that come so often. `https` is how many endpoints HTTP has in all. */
export function constantChanges(changes: readonly Change[], endpoints: readonly Endpoint[], https: number, schema: Schema): readonly Change[] {
  const asked = endpoints.filter(({ kind }) => kind === "http");
  if (asked.length >= Math.max(FEWEST, https * MIDDLEWARE_SHARE)) return changes;
  const isRead = asked.some(({ method }) => method === "GET" || method === "HEAD");
  const isTracking = asked.some(({ route, functionName }) => TRACKING.test(route ?? "") || TRACKING.test(functionName ?? ""));
  if (!isRead && !isTracking) return [];
  return changes.filter(({ table, event, columns }) => {
    const found = findTable(schema, table);
    if (event === "update") return columns !== undefined && [...columns].every((column) => COUNTED.test(column) || found?.columns.some(({ name, generated }) => generated && name.toLowerCase() === column) === true);
    return isTracking || (found !== undefined && tableKind(found, schema).kind === "log");
  });
}

const TRACKING = /(^|[/_-])(track|tracking|events?|hits?|ping|heartbeat|collect|beacon|pageviews?)(?![a-z])/i;
const COUNTED = /(^|_)(last|seen|active|used|usage|views?|hits?|count|counter|visits?|clicks?|access(ed)?|updated|touched|expires?)(_|$)/i;
