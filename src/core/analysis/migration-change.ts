// A rule's new migration as a change of one database's folder.

import type { Change } from "../rules/finding";
import type { RuleFix } from "../rules/rule";
import type { DatabaseSource } from "../schema/sources";

/** Undefined where the database has no migrations folder. */
export function migrationChange(source: DatabaseSource, migration: NonNullable<RuleFix["migration"]> & { readonly rollback?: string }): Extract<Change, { readonly kind: "migration" }> | undefined {
  return source.migrationsDir === undefined ? undefined : { kind: "migration", database: source.binding, folder: source.migrationsDir, ...migration };
}
