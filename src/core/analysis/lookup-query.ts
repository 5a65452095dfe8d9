// Whether a query looks up rows of one table by one key, so that one query can do it for a list of keys.

import type { Lookup } from "../host/rewrite/rewrite";
import type { JudgedSite } from "./file-review";

export function lookupOf(_judged: JudgedSite): Lookup | undefined {
  return undefined;
}
