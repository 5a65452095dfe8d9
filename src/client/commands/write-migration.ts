// Carries out a fix that makes a new migration: the light bulb's command.

import type { ProposedMigration } from "../../protocol/lsp";
import type { Extension } from "../extension";
import { writeNewMigration } from "../new-migration";

export async function writeMigration({ client }: Extension, ...given: readonly unknown[]): Promise<void> {
  const migrations = given.filter(isProposed);
  if (migrations.length === 0) throw new Error("Choose this in the light bulb's menu of a finding");
  for (const { sql, rollback, ...wanted } of migrations) await writeNewMigration(client, wanted, sql, rollback);
}

function isProposed(value: unknown): value is ProposedMigration {
  const given = value as Partial<Record<keyof ProposedMigration, unknown>> | null;
  return typeof given === "object" && ["folder", "database", "name", "sql"].every((key) => typeof given?.[key as keyof ProposedMigration] === "string");
}
