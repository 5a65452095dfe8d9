// Code that is not served: tests, whose tables and mistakes are their own, and scripts that someone runs by hand.

const TEST_FOLDERS = /(^|\/)(tests?|__tests__|__mocks__|spec|e2e|fixtures?|benchmarks?)\//i;
const TEST_FILES = /\.(test|spec|bench|e2e|stories)\.[cm]?[jt]sx?$/i;
/** `src/tools` holds what a model may call, and is served. */
const TOOL_FOLDERS = /^(?:(?!src\/)[^/]+\/)*tools?\/|(^|\/)(scripts?|tooling|bin|seeds?|seeders?|migrations?|migrate|examples?|playground|cli|mocks?|mock[-_]\w+)\//i;
const TOOL_FILES = /(^|\/)(seed|migrate|migration|setup-db|init-db|reset-db|populate)[\w.-]*\.[cm]?[jt]sx?$/i;
/** Pages and route folders are served, whatever their files are called. */
const SERVED = /(^|\/)(functions|routes|pages|api|handlers|controllers|endpoints)\//i;

export function isTest(path: string): boolean {
  return TEST_FILES.test(path) || (TEST_FOLDERS.test(path) && !SERVED.test(path));
}

/** Migrations written as code: their statements meet a schema of their own time, not today's. */
export function isMigration(path: string): boolean {
  return /(^|\/)migrations?\/|(^|\/)migrations?\.[cm]?[jt]s$/i.test(path);
}

/** Functions that set a database up, wherever they stand, and routes that someone calls once to fill a column. */
export function setsUp(functionName: string | undefined): boolean {
  return functionName !== undefined && !/^(?:get|read|load|list|find|fetch|compute)[A-Z]\w*Schemas?$/.test(functionName) && /migrat|schemas?(?:Version|Upgrades?|Init|Ready|Exists|IfNeeded|Once|Tables?|Columns?|Objects|Statements?|Bootstrap|For\w+)?$|seed|^[A-Z]+ \/.*backfill|^(?:handle|run)?_?backfill|(init|setup|prepare|create)_?(db|database|tables?)\b/i.test(functionName);
}

export function isTooling(path: string): boolean {
  return isTest(path) || (!SERVED.test(path) && (TOOL_FOLDERS.test(path) || TOOL_FILES.test(path)));
}
