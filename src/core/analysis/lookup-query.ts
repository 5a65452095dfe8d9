// The look-up by a key that a call site makes, as edits of its file.

import { editToSource } from "../embed/source-map";
import type { Lookup } from "../host/rewrite/rewrite";
import { keyLookup } from "../planner/key-lookup";
import type { JudgedSite } from "./file-review";

export function lookupOf({ site, statements }: JudgedSite): Lookup | undefined {
  const [only, ...others] = statements;
  if (only === undefined || others.length > 0 || site.sql.status !== "resolved" || only.fact.variant.holes.length > 0) return undefined;
  const { statement, variant, offset } = only.fact;
  const schema = only.database?.schema;
  if (!statement.ok || schema === undefined) return undefined;
  const found = keyLookup(statement, schema);
  if (found === undefined) return undefined;
  const edits = found.edits.map((edit) => editToSource(variant, { span: { start: edit.span.start + offset, end: edit.span.end + offset }, newText: edit.newText }));
  return edits.every((edit) => edit !== undefined) ? { ...found, edits } : undefined;
}
