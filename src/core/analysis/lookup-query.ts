// The look-up by a key that a call site makes, as edits of its file.

import { editToSource } from "../embed/source-map";
import type { Join, Lookup } from "../host/rewrite/rewrite";
import { keyJoin } from "../planner/key-join";
import { keyLookup } from "../planner/key-lookup";
import type { JudgedSite } from "./file-review";

/** The look-up joined to another statement of the file, `sites` by their `prepare` tokens. */
export function joinOf(judged: JudgedSite, sites: ReadonlyMap<number, JudgedSite>): Join {
  return (rows, wish) => {
    const other = sites.get(rows);
    const outer = other === undefined ? undefined : onlyText(other);
    const inner = onlyText(judged);
    if (outer === undefined || inner === undefined) return undefined;
    const { statement, variant, offset } = outer.fact;
    const schema = inner.database?.schema;
    if (!statement.ok || !inner.fact.statement.ok || schema === undefined || inner.database !== outer.database) return undefined;
    const found = keyJoin(statement, inner.fact.statement, schema, wish);
    if (found === undefined || typeof found === "string") return found;
    const edits = found.edits.map((edit) => editToSource(variant, { span: { start: edit.span.start + offset, end: edit.span.end + offset }, newText: edit.newText }));
    return edits.every((edit) => edit !== undefined) ? { ...found, edits } : "the text of the query that gives the rows is put together from parts";
  };
}

function onlyText({ site, statements }: JudgedSite): JudgedSite["statements"][number] | undefined {
  const [only, ...others] = statements;
  return only === undefined || others.length > 0 || site.sql.status !== "resolved" || only.fact.variant.holes.length > 0 ? undefined : only;
}

export function lookupOf(judged: JudgedSite): Lookup | undefined {
  const only = onlyText(judged);
  if (only === undefined) return undefined;
  const { statement, variant, offset } = only.fact;
  const schema = only.database?.schema;
  if (!statement.ok || schema === undefined) return undefined;
  const found = keyLookup(statement, schema);
  if (found === undefined) return undefined;
  const edits = found.edits.map((edit) => editToSource(variant, { span: { start: edit.span.start + offset, end: edit.span.end + offset }, newText: edit.newText }));
  return edits.every((edit) => edit !== undefined) ? { ...found, edits } : undefined;
}
