// Forms of ALTER TABLE that D1 refuses: those that SQLite has had since 3.53, and those that only other engines have. By
// the text, since no SQLite parses most of them.

export interface AlterForm {
  /** In the words of the form: `ALTER COLUMN … SET NOT NULL`. */
  readonly form: string;
  /** `newer`: SQLite has it since 3.53. `foreign`: no SQLite has it. */
  readonly origin: "newer" | "foreign";
  readonly instead: string;
}

interface Row extends AlterForm {
  /** Of what follows the table's name. */
  readonly text: RegExp;
}

const anew = "build the table anew under another name, copy its rows, and let it take the old one's place";
const once = "wrangler runs a migration once, so that the column can be added or dropped without asking";

const rows: readonly Row[] = [
  { text: /^ALTER\s+(?:COLUMN\s+)?\S+\s+SET\s+NOT\s+NULL\b/i, form: "ALTER COLUMN … SET NOT NULL", origin: "newer", instead: anew },
  { text: /^ALTER\s+(?:COLUMN\s+)?\S+\s+DROP\s+NOT\s+NULL\b/i, form: "ALTER COLUMN … DROP NOT NULL", origin: "newer", instead: anew },
  { text: /^ADD\s+(?:CONSTRAINT\s+\S+\s+)?CHECK\s*\(/i, form: "ADD CHECK", origin: "newer", instead: anew },
  { text: /^DROP\s+CONSTRAINT\b/i, form: "DROP CONSTRAINT", origin: "newer", instead: anew },
  { text: /^ALTER\b/i, form: "ALTER COLUMN", origin: "foreign", instead: anew },
  { text: /^MODIFY\b/i, form: "MODIFY COLUMN", origin: "foreign", instead: anew },
  { text: /^CHANGE\b/i, form: "CHANGE COLUMN", origin: "foreign", instead: `rename it with RENAME COLUMN; for another type, ${anew}` },
  { text: /^ADD\s+CONSTRAINT\b/i, form: "ADD CONSTRAINT", origin: "foreign", instead: `a unique index does for UNIQUE; for a key, ${anew}` },
  { text: /^ADD\s+(?:FOREIGN\s+KEY|PRIMARY\s+KEY)\b/i, form: "ADD of a key", origin: "foreign", instead: anew },
  { text: /^ADD\s+UNIQUE\b/i, form: "ADD UNIQUE", origin: "foreign", instead: "create a unique index" },
  { text: /^ADD\s+(?:INDEX|KEY)\b/i, form: "ADD INDEX", origin: "foreign", instead: "write CREATE INDEX" },
  { text: /^ADD\s+(?:COLUMN\s+)?IF\s+NOT\s+EXISTS\b/i, form: "ADD COLUMN IF NOT EXISTS", origin: "foreign", instead: once },
  { text: /^DROP\s+(?:COLUMN\s+)?IF\s+EXISTS\b/i, form: "DROP COLUMN IF EXISTS", origin: "foreign", instead: once },
  { text: /^DROP\s+(?:INDEX|FOREIGN\s+KEY|PRIMARY\s+KEY)\b/i, form: "DROP of a key", origin: "foreign", instead: `write DROP INDEX for an index; for a key, ${anew}` },
  { text: /^RENAME\s+(?:INDEX|CONSTRAINT)\b/i, form: "RENAME of an index", origin: "foreign", instead: "drop the index and create it under the new name" },
  { text: /^ADD\b[^;]*,\s*ADD\b/i, form: "ALTER TABLE with several changes", origin: "foreign", instead: "write one ALTER TABLE for each of them" },
  { text: /^DROP\b[^;]*,\s*DROP\b/i, form: "ALTER TABLE with several changes", origin: "foreign", instead: "write one ALTER TABLE for each of them" },
];

const name = "(?:\"(?:[^\"]|\"\")+\"|`[^`]+`|\\[[^\\]]+\\]|[\\w$]+)";
const head = new RegExp(`^ALTER\\s+TABLE\\s+(?:IF\\s+EXISTS\\s+)?${name}(?:\\s*\\.\\s*${name})?\\s+`, "i");

/** The form of a statement that fails; a column may be called `key`, so ask only for those. */
export function alterForm(statement: string): AlterForm | undefined {
  const behind = head.exec(statement);
  if (behind === null) return undefined;
  const rest = statement.slice(behind[0].length);
  const found = rows.find(({ text }) => text.test(rest));
  if (found !== undefined) return found;
  return /^ALTER\s+TABLE\s+IF\s+EXISTS\b/i.test(statement) ? { form: "ALTER TABLE IF EXISTS", origin: "foreign", instead: "leave IF EXISTS out" } : undefined;
}
