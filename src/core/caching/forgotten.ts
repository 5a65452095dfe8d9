// Which writes that end nothing leave a value out of date for longer than anyone minds.

import type { CachedValue, Endpoint } from "../host/served";
import type { Forgotten } from "./cache-map";

/** KV itself needs as long until every location sees a purge. */
const SHORT_SECONDS = 60;
/** What a clock brings in may wait for the clock. */
const LONGEST_OF_JOB = 3_600;
/** Values that come from outside at their own pace, and functions that set a database up. */
const TIMED = /(?<![a-z])rate(?:s|_?limit\w*)?(?![a-z])|weather|quote|forex|exchange|ticker|market/i;
/** What is kept so that something happens once has to stay as it is. */
const ONCE = /idempot|dedup|nonce|\botp\b|\block\b/i;
const SETS_UP = /seed|migrat|set-?up|backfill|bootstrap|init(ialize)?(_?(db|database))?\b/i;

/** Whether anyone would miss the purge. */
export function matters({ value, endpoint }: Forgotten): boolean {
  const { ttl } = value;
  if (typeof ttl === "number" && (ttl <= SHORT_SECONDS || (endpoint.kind === "scheduled" && ttl <= LONGEST_OF_JOB))) return false;
  if (TIMED.test(value.get.functionName ?? "") || value.keys.some(({ parts }) => parts.some((part) => typeof part === "string" && (TIMED.test(part) || ONCE.test(part))))) return false;
  return !isRegistry(value) && !SETS_UP.test(nameOf(endpoint));
}

/** A map of objects by their ids, such as of open drivers: it has no time and no name that would make it a cache. */
function isRegistry({ get, keys, ttl }: CachedValue): boolean {
  return get.stores.every(({ kind }) => kind === "memory") && typeof ttl !== "number" && keys.every(({ parts }) => parts.every((part) => typeof part !== "string"));
}

function nameOf({ route, functionName }: Endpoint): string {
  return `${route ?? ""} ${functionName ?? ""}`;
}
