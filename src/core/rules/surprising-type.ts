// A declared type that SQLite reads as another one than its author: it goes by parts of the word
// (https://sqlite.org/datatype3.html, section 3.1). What is common and harmless, such as DATETIME or BOOLEAN, is none.

import type { Column } from "../schema/schema";
import { databaseRule } from "./rule";
import type { RuleFinding } from "./rule";
import { namePlace } from "./schema-place";
import docs from "./surprising-type.md";

export const surprisingType = databaseRule({
  id: "surprising-type",
  summary: "Type that SQLite reads as another one",
  severity: "warning",
  docs,
  *check(subject) {
    for (const table of subject.schema.tables) {
      if (table.kind === "virtual" || table.strict) continue;
      for (const column of table.columns) {
        const words = surprise(column);
        const origin = column.origin ?? table.origin;
        if (words === undefined || origin === undefined) continue;
        const place = origin === table.origin ? namePlace(subject, origin) : origin;
        yield { file: place.file, span: place.span, ...words, data: { table: table.name, column: column.name, type: column.type, affinity: column.affinity } };
      }
    }
  },
});

type Words = Pick<RuleFinding, "message" | "severity" | "why">;

/** What holds digits that are no number: they begin with a zero, or are longer than a number holds exactly. */
const digits = /(^|_)(code|zip|zipcode|postcode|postal|phone|tel|mobile|fax|pin|otp|sku|ean|isbn|gtin|barcode|serial|token|hash|key|secret|password|account|iban|card|number|no|ref|reference|version|external_id)($|_)|code$|phone$|number$/i;

function surprise({ name, type, affinity }: Column): Words | undefined {
  if (affinity === "NUMERIC" && /^str(ing)?\b/i.test(type)) {
    const harmful = digits.test(name);
    return {
      message: `\`${type.toUpperCase()}\` is no type of SQLite, so \`${name}\` keeps text that looks like a number as a number: '00123' becomes 123`,
      why: "SQLite knows a text type by TEXT, CHAR or CLOB in its name, and takes every word that it does not know for a number",
      ...(harmful ? {} : { severity: "hint" as const }),
    };
  }
  if (affinity === "INTEGER" && /^floating\s*point\b/i.test(type)) {
    return {
      message: `\`${type.toUpperCase()}\` has INT in it, so \`${name}\` keeps 5.0 as the integer 5, and divides it as one: 5 / 2 is 2`,
      why: "SQLite takes every type with INT in its name for INTEGER; REAL is what is meant",
    };
  }
  return undefined;
}
