// One code file as plain data, ready to be linked with the others. A pure function of path and text; never throws.

import { ts } from "./typescript";
import { allowComments } from "./allow-comments";
import { readBuilderSites } from "./builder-sites";
import type { ModuleFacts } from "./module-facts";
import { parseHost } from "./parse";
import { argumentFacts, readCalls } from "./read-calls";
import { bindingTypes, readCacheUses } from "./read-caches";
import { readEntries } from "./read-entries";
import { readExports } from "./read-exports";
import { readClasses, readFunctions, readKept, readTypedObjects } from "./read-functions";
import { readingOf } from "./reading";
import { queryRepeats, querySequences } from "./sequences";
import { readClaims, readHits, readMemos, readRemotes } from "./read-remotes";
import { readRegions } from "./read-regions";
import { readSites } from "./sites";
import { descendants } from "./syntax";

const nothing: Omit<ModuleFacts, "path" | "text"> = { exports: new Map(), stars: [], functions: [], classes: [], typedObjects: [], kept: [], sites: [], calls: [], remotes: [], hits: [], claims: [], memos: [], sequences: [], repeats: [], ddl: [], comments: [], cacheUses: [], regions: [], entries: [], bindingTypes: new Map() };
const test = /\.(?:test|spec|bench|e2e|stories)\.[cm]?[jt]sx?$/i;

/** The facts of a file; one that cannot lead to a query costs one search of its text. */
export function moduleFacts(path: string, text: string): ModuleFacts {
  const empty: ModuleFacts = { ...nothing, path, text, bindingTypes: bindingTypes(text) };
  if (/\.d\.[cm]?ts$/.test(path)) return empty;
  const mayLead = leadsToQueries(path, text);
  const mayAllow = text.includes("plumbline-allow");
  const mayMake = ddlStart.test(text);
  if (!mayLead && !mayAllow && !mayMake) return empty;
  try {
    const file = parseHost(path, text);
    const rest = { ddl: mayMake ? ddlTexts(file) : [], comments: mayAllow ? allowComments(file) : [] };
    return { ...empty, ...(mayLead ? readModule(path, file) : {}), ...rest };
  } catch (error) {
    // Generated code can nest deeper than the parser's stack; there is nothing to review in it.
    if (error instanceof RangeError) return empty;
    throw error;
  }
}

function readModule(path: string, file: ts.SourceFile): Partial<ModuleFacts> {
  const reading = readingOf(file);
  // Every query of a path is one that was prepared; other files need not be walked for them.
  const prepares = file.text.includes("prepare");
  const sites = {
    sites: [...readSites(reading), ...readBuilderSites(reading)],
    sequences: prepares ? querySequences(file, reading.scopes) : [],
    repeats: prepares ? queryRepeats(file, reading.scopes) : [],
  };
  // Nothing is served by a test: its own queries are listed, and it says nothing about other code.
  if (test.test(path)) return { ...sites, functions: readFunctions(reading) };
  return {
    ...readExports(reading),
    functions: readFunctions(reading),
    classes: readClasses(reading, (nodes) => argumentFacts(nodes, reading)),
    typedObjects: readTypedObjects(reading),
    kept: readKept(reading),
    ...sites,
    calls: readCalls(reading),
    remotes: readRemotes(reading),
    hits: readHits(reading),
    claims: readClaims(reading),
    memos: readMemos(reading),
    cacheUses: readCacheUses(reading),
    regions: readRegions(reading),
    entries: readEntries(reading),
  };
}

const query = /\b(?:prepare|exec)\s*(?:[(<!)]|\?\.)|\b(?:execute|query)\s*\(|\bD1Database\b/;
const statement = /\b(?:SELECT\s|INSERT\s+(?:INTO|OR)\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s)/;
const between = /(?<!import\.meta\.|process\.)\benv\b|\b(?:db|DB|async|await|Promise|class)\b|\bexport\s*(?:const|enum|default|function|\*|\{)|\bmodule\.exports\b/;
const page = /\b(?:document|window)\.(?:getElement|querySelector|createElement|addEventListener|body|cookie|location|title|documentElement|head|match|scroll|inner|open|local|session|history|navigator|set|clear|request|dispatch|remove)|\b(?:localStorage|sessionStorage)\.|\bfrom\s*["'](?:react|react-dom|vue|svelte|preact|next\/)|\buse(?:State|Effect)\(|\bimport\.meta\.env\b/;

/** A page that the server makes, which may wait for a database. */
function isServedPage(path: string, text: string): boolean {
  return /\.[jt]sx$/.test(path) && /\bexport\s+(?:default\s+)?async\s+function\b/.test(text) && !/["']use client["']/.test(text);
}

/** Pages that never speak of a database are left out; code between the two is read. */
function leadsToQueries(path: string, text: string): boolean {
  if (query.test(text) || statement.test(text)) return true;
  if (isServedPage(path, text) && !test.test(path)) return between.test(text);
  if (test.test(path) || /\.(?:[jt]sx|vue|svelte|astro)$/.test(path) || page.test(text)) return false;
  return between.test(text);
}

const ddlStart = /\b(?:create\s+(?:virtual\s+)?table|create\s+view|create\s+(?:unique\s+)?index|alter\s+table)\b/i;

function ddlTexts(file: ts.SourceFile): string[] {
  return descendants(file).flatMap((node) => {
    const text = ts.isStringLiteralLike(node) ? node.text : ts.isTemplateExpression(node) ? wholeStatements(node.head.text) : undefined;
    return text !== undefined && ddlStart.test(text) && /^\s*(?:--|\/\*|create\b|alter\b|pragma\b|drop\b)/i.test(text) ? [text] : [];
  });
}

/** What stands before the first hole of a template, as far as its statements are complete. */
function wholeStatements(head: string): string {
  return head.slice(0, head.lastIndexOf(";") + 1);
}
