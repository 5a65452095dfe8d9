// Whether a text is a whole statement of PostgreSQL or MySQL, by node-sql-parser. Its grammars are large, so each is
// loaded when it is first asked, and never by a project that has SQLite's SQL only.

export type Dialect = "PostgreSQL" | "MySQL";

interface ForeignParser {
  readonly Parser: new () => { astify(sql: string, options: { readonly database: string }): unknown };
}

/** Resolved by the bundler, which keeps the module's code aside until it is called for. */
declare const require: (name: string) => ForeignParser;

const parsers = new Map<Dialect, InstanceType<ForeignParser["Parser"]>>();

/** True where the dialect's grammar takes the text. Never throws. */
export function isValidIn(dialect: Dialect, sql: string): boolean {
  try {
    let parser = parsers.get(dialect);
    if (parser === undefined) {
      const { Parser } = dialect === "PostgreSQL" ? require("node-sql-parser/build/postgresql") : require("node-sql-parser/build/mysql");
      parsers.set(dialect, (parser = new Parser()));
    }
    parser.astify(sql, { database: dialect === "PostgreSQL" ? "postgresql" : "mysql" });
    return true;
  } catch {
    return false;
  }
}
