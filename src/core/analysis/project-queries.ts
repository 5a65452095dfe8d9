// What all the code sends to one database, as rules about its schema want to know it.

import type { KnownQuery, ProjectQueries } from "../rules/rule";
import { LineIndex } from "../text/line-index";
import { nearest } from "./databases";
import type { ReviewedDatabase } from "./databases";
import type { FileReview } from "./file-review";
import { isTest } from "./tooling";

/** `all` are the databases of the project, of which `database` is one. */
export function projectQueries(database: ReviewedDatabase, all: readonly ReviewedDatabase[], reviews: readonly FileReview[]): ProjectQueries {
  const known: KnownQuery[] = [];
  let unknown = 0;
  for (const { file, sites } of reviews) {
    if (isTest(file.path)) continue;
    const lines = new LineIndex(file.text);
    for (const { site, status, statements } of sites) {
      const builder = site.engine === "builder";
      if (status === "foreign" && !builder) continue;
      if ((builder || status !== "resolved") && statements.length === 0) {
        if (nearest(all, file.path).includes(database)) unknown++;
        continue;
      }
      const place = `${file.path}:${lines.place(site.name.start).line}`;
      for (const judged of statements) {
        if (judged.database !== database) continue;
        const { verdict } = judged;
        known.push({ statement: judged.fact.statement, partial: judged.fact.variant.holes.some((hole) => hole.kind !== "value"), plan: verdict !== undefined && "plan" in verdict ? verdict : undefined, place, call: { file: file.path, span: site.name } });
      }
    }
  }
  return { known, unknown };
}
