// Modules whose databases are not D1: a file that imports one speaks to it, unless the call names a binding.

const modules = /(?:\bfrom|\bimport|\brequire\s*\()\s*["'](?:better-sqlite3|sqlite3?|node:sqlite|bun:sqlite|libsql|@libsql\/[\w-]+(?:\/[\w-]+)*|@tursodatabase\/[\w-]+|expo-sqlite|sql\.js|pg|postgres|@neondatabase\/serverless|mysql2?(?:\/promise)?)["']/;

export function importsOtherEngine(text: string): boolean {
  return modules.test(text);
}
