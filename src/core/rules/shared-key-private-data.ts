// Rows of one user under a key that all users share: who asks next is given them.

import { isOfHelper } from "../caching/purges";
import type { MappedValue } from "../caching/cache-map";
import type { CacheKey, KeyHole } from "../host/served";
import docs from "./shared-key-private-data.md";
import { valueText } from "./cache-words";
import { cachingRule } from "./rule";

export const sharedKeyPrivateData = cachingRule({
  id: "shared-key-private-data",
  summary: "One user's rows under a key of all users",
  severity: "error",
  docs,
  *check({ map }) {
    for (const mapped of map.values) {
      const { value } = mapped;
      const read = mapped.reads.find(({ user }) => user !== undefined);
      if (read?.user === undefined || value.keys.length === 0 || (isOfHelper(value.get) && value.get.scope !== undefined)) continue;
      if (!value.keys.every((key) => isShared(key, mapped))) continue;
      const { column, text } = read.user;
      yield {
        file: value.get.file,
        span: value.get.name,
        message: `The key \`${valueText(value)}\` is the same for every user, and the rows are those of one: \`${column}\`${text === undefined ? "" : ` is \`${text}\``}`,
        why: "Whoever asks next is given another user's data; put the user into the key",
        related: [{ file: read.file, span: read.name, message: `Reads by \`${column}\`` }],
        data: { column, text: text ?? null, keys: value.keys.map((_, at) => valueText({ ...value, keys: value.keys.slice(at) })), tables: read.tables },
      };
    }
  },
});

/** Certain only where every hole is plainly something else than the user. */
function isShared({ parts }: CacheKey, { value }: MappedValue): boolean {
  const holes = parts.filter((part): part is KeyHole => typeof part !== "string");
  const [only] = holes;
  if (parts.length === 1 && only !== undefined) return value.get.stores.every(({ kind }) => kind === "cache-api") && REQUEST.test(only.text);
  const words = holes.map(({ text }) => text.split(/[^\w$]+/).filter((word) => word !== "").at(-1) ?? "");
  return words.every((word) => OTHERS.test(word) || /^[A-Z][A-Z\d_]+$/.test(word));
}

/** The address of the request tells nothing of its cookies and headers. */
const REQUEST = /^(\w+\.)*(req|request|req\.raw|url|href)$/;

/** Names of what a list or a time range is asked by, and of prefixes. */
const OTHERS = /^(page|per_?page|limit|offset|cursor|days?|week|month|year|quarter|from|to|since|until|start\w*|end\w*|date|today|period|range|interval|granularity|type|status|sort\w*|order\w*|dir|direction|lang|language|locale|currency|version|v|\w*prefix)$/i;
