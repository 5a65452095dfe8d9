// Files in the migrations folder that look like something else. wrangler runs every `.sql` file there.

import { otherPurposes } from "../migration/file-order";
import type { OtherPurpose } from "../migration/file-order";
import { atFile, listedFiles } from "./file-order";
import docs from "./not-a-migration.md";
import { databaseRule } from "./rule";

export const notAMigration = databaseRule({
  id: "not-a-migration",
  summary: "File that wrangler runs as a migration",
  severity: "hint",
  docs,
  *check(subject) {
    const listed = listedFiles(subject);
    const others = otherPurposes(listed.map(({ name }) => name));
    for (const { name, file } of listed) {
      const purpose = others.get(name);
      if (purpose === undefined) continue;
      yield {
        ...atFile(subject, file),
        message: `wrangler runs \`${name}\` as a migration: ${says[purpose].what}`,
        why: says[purpose].why,
        ...(purpose === "rollback" ? { severity: "warning" as const } : {}),
        data: { purpose },
      };
    }
  },
});

const says: Readonly<Record<OtherPurpose, { readonly what: string; readonly why: string }>> = {
  rollback: {
    what: "it takes back what another file does",
    why: "wrangler knows no rollbacks, and goes by the number and then by the name; keep it in a folder inside, such as `rollbacks`, which wrangler does not read",
  },
  seed: {
    what: "its rows go into every database, production too, after the numbered files",
    why: "Rows for development belong beside the folder, for `wrangler d1 execute --local --file`; rows that everyone needs belong into a numbered migration",
  },
  unnumbered: {
    what: "it has no number, so it comes after all that have one",
    why: "A later numbered file comes before it in a new database, and after it where it was applied already; give it a number, or move it out of the folder",
  },
};
