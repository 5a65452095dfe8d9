// Whether SQL text was written for SQLite or for another engine. It reads marks only, so half-typed text is fine; a
// proper parse of a single statement belongs to core.

export type Dialect = "sqlite" | "foreign" | "either";

const foreignMarks = anyOf(
  // PostgreSQL
  /\b(?:BIG|SMALL)?SERIAL\b/, /\$\$/, /\bJSONB\b(?!\s*\()/, /\bTIMESTAMPTZ\b/, /\bTIMESTAMP\s+WITH(?:OUT)?\s+TIME\s+ZONE\b/,
  /\bCREATE\s+(?:EXTENSION|TYPE|SEQUENCE|DOMAIN|POLICY|SCHEMA|DATABASE|(?:OR\s+REPLACE\s+)?FUNCTION)\b/, /\bBYTEA\b/,
  /\bgen_random_uuid\s*\(/, /\buuid_generate_v4\s*\(/, /\bNEXTVAL\s*\(/, /::\s*[a-z]/, /\bOWNER\s+TO\b/,
  /\bUSING\s+(?:GIN|GIST|BTREE|HASH|BRIN)\b/, /\bENABLE\s+ROW\s+LEVEL\s+SECURITY\b/,
  // MySQL
  /\bAUTO_INCREMENT\b/, /\bENGINE\s*=/, /\bCHARACTER\s+SET\b/, /\bCHARSET\s*=/, /\bTINYINT\s*\(/, /\bON\s+UPDATE\s+CURRENT_TIMESTAMP\b/,
  // SQL Server
  /\bIDENTITY\s*\(/, /\bNVARCHAR\s*\(\s*MAX\b/,
);

const sqliteMarks = anyOf(
  /\bAUTOINCREMENT\b/, /\bPRAGMA\s/, /\bWITHOUT\s+ROWID\b/, /\)\s*STRICT\b/, /\bCREATE\s+VIRTUAL\s+TABLE\b/,
  /\bINSERT\s+OR\s+(?:IGNORE|REPLACE)\b/, /\bunixepoch\s*\(/, /\bstrftime\s*\(/, /\brandomblob\s*\(/, /\bsqlite_/,
  // `datetime('now')`: the string is gone by then.
  /\b(?:datetime|date|julianday)\s*\(\s+[,)]/,
);

function anyOf(...marks: readonly RegExp[]): RegExp {
  return new RegExp(marks.map((mark) => mark.source).join("|"), "i");
}

/** Reads the beginning of a text, comments and strings left out; `either` where nothing gives it away. */
export function dialectOf(text: string): Dialect {
  const bare = text.slice(0, 200_000).replace(/--[^\n\r]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*'/g, " ");
  if (foreignMarks.test(bare)) return sqliteMarks.test(bare) ? "either" : "foreign";
  return sqliteMarks.test(bare) ? "sqlite" : "either";
}

/** What the files of one folder say together: another engine's where its marks stand in more files than SQLite's. */
export function dialectOfAll(texts: readonly string[]): Dialect {
  let foreign = 0;
  let sqlite = 0;
  for (const text of texts) {
    const dialect = dialectOf(text);
    if (dialect === "foreign") foreign++;
    if (dialect === "sqlite") sqlite++;
  }
  if (foreign > sqlite) return "foreign";
  return sqlite > 0 ? "sqlite" : "either";
}

/** The engine that a note of drizzle or prisma beside the migrations names. */
export function dialectOfNote(text: string): Dialect {
  const engine = /"?(?:dialect|provider)"?\s*[:=]\s*"([\w-]+)"/.exec(text)?.[1];
  if (engine === undefined) return "either";
  return /sqlite|libsql|turso|d1/i.test(engine) ? "sqlite" : "foreign";
}

/** A folder named after another engine, or after the tool of one. */
export function isForeignPath(file: string): boolean {
  return file.split("/").some((name) => /^(?:supabase|postgres(?:ql)?|pgsql|pg|mysql|mariadb|mssql|sqlserver|clickhouse|cockroach(?:db)?|neon|oracle)$/i.test(name));
}
