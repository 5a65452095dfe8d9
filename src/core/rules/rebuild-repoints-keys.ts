// A rebuild that renames the old table first takes the foreign keys of other tables along: they follow the rename, and
// in the end name a table that is gone or out of use.

import type { Schema } from "../schema/schema";
import { findTable } from "../schema/schema";
import { listed } from "./index-advice";
import { isSame, rebuildsOf } from "./migration-parts";
import { rebuildFixes } from "./rebuild-fix";
import docs from "./rebuild-repoints-keys.md";
import { migrationRule } from "./rule";

export const rebuildRepointsKeys = migrationRule({
  id: "rebuild-repoints-keys",
  summary: "Rename that takes foreign keys along",
  severity: "error",
  docs,
  *check(subject) {
    for (const rebuild of rebuildsOf(subject).rebuilds) {
      const { table, temporary, spelling, rename } = rebuild;
      if (spelling !== "rename-first" || temporary === undefined || rename === undefined) continue;
      const after = referring(subject.course().after, temporary);
      const left = new Set(referring(subject.model.schema, temporary).map((name) => name.toLowerCase()));
      const children = after.filter((name) => left.has(name.toLowerCase()));
      if (children.length === 0) continue;
      const isGone = findTable(subject.course().after, temporary) === undefined;
      yield {
        span: rename.span,
        message: `The foreign keys of ${listed(children)} follow \`${table}\` to \`${temporary}\` and do not come back`,
        why: isGone
          ? `\`${temporary}\` is dropped, so that every INSERT into ${listed(children)} fails with "no such table"`
          : `New rows are checked against \`${temporary}\`, which no longer gets any, and those of \`${table}\` are not found`,
        data: { table, temporary, children },
        fixes: () => rebuildFixes(subject, rebuild, children),
      };
    }
  },
});

/** Other tables with a foreign key to this one. */
function referring({ tables }: Schema, parent: string): readonly string[] {
  return tables.filter(({ name, foreignKeys }) => !isSame(name, parent) && foreignKeys.some((key) => isSame(key.parent, parent))).map(({ name }) => name);
}
