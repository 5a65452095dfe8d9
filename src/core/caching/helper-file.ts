// A helper as one file of a project: where it goes and in which language; and the function that gives the project's own
// cache.

import type { CacheStyle } from "./cache-map";

/** The helper's code in both languages. */
export interface HelperTexts {
  /** The file's name, without its extension. */
  readonly name: string;
  readonly typescript: string;
  readonly javascript: string;
}

export interface HelperProject {
  /** All files of code, relative to the folder. */
  readonly code: readonly string[];
  /** Those that send queries. */
  readonly querying: readonly string[];
}

export interface HelperFile {
  readonly path: string;
  readonly text: string;
}

/** `own` is what the project adds to it. */
export function helperFile(project: HelperProject, texts: HelperTexts, own: (isTypeScript: boolean) => string = () => ""): HelperFile {
  const isTypeScript = mostly(project.querying, /\.[cm]?tsx?$/);
  const path = `${folderOf(project)}/${texts.name}.${isTypeScript ? "ts" : "js"}`.replace(/^\//, "");
  const text = isTypeScript ? texts.typescript : texts.javascript;
  const added = own(isTypeScript);
  return { path, text: added === "" ? text : `${text.trimEnd()}\n\n${added}` };
}

/** The cache helper of a project that has one: a file of its name that gives the project's cache. */
export function knownCacheHelper(files: Iterable<{ readonly path: string; readonly text: string }>): string | undefined {
  for (const { path, text } of files) if (/(?:^|\/)query-cache\.[cm]?[jt]s$/.test(path) && /\bexport\b.*\bqueryCache\b/.test(text)) return path;
  return undefined;
}

/** The function that gives the project's cache; `binding` is the KV namespace, of no meaning for other styles. */
export function ownCache(style: CacheStyle, binding: string, isTypeScript: boolean): string {
  const typed = (type: string): string => (isTypeScript ? type : "");
  const result = typed(": QueryCache");
  if (style === "kv") {
    return `/** The cache of this project, in the KV namespace \`${binding}\`. */
export function queryCache(env${typed(`: { readonly ${binding}: KvBinding }`)})${result} {
  return createCache({ store: kvStore(env.${binding}) });
}
`;
  }
  if (style === "cache-api") {
    return `/** The cache of this project, in the Cache API: each location has its own, and a purge reaches that of the write alone. */
export function queryCache(_env${typed("?: unknown")})${result} {
  const { default: cache } = caches${typed(" as unknown as { readonly default: CacheApi }")};
  return createCache({ store: cacheApiStore(cache, "https://query-cache.invalid") });
}
`;
  }
  return `/** The cache of this project, in front of the Worker: give responses the headers of \`headers()\`. */
export function queryCache(ctx${typed(": { readonly cache: WorkersCache }")})${result} {
  return createCache({ store: workersCacheStore(ctx.cache) });
}
`;
}

/** The folder of helpers beside the code that queries. */
function folderOf({ code, querying }: HelperProject): string {
  const root = mostFrequent(querying.map(rootOf)) ?? "src";
  const inRoot = code.filter((path) => root === "" || path.startsWith(`${root}/`));
  const helpers = inRoot.flatMap((path) => /^(?:.*\/)?(?:libs?|utils?|helpers|shared|common)(?=\/[^/]+$)/.exec(path.slice(root === "" ? 0 : root.length + 1))?.[0] ?? []);
  // The nearest to the root, then the fullest.
  const folders = [...new Set(helpers)].sort((a, b) => depth(a) - depth(b) || count(helpers, b) - count(helpers, a) || (a < b ? -1 : 1));
  return [root, folders[0] ?? "lib"].filter((part) => part !== "").join("/");
}

/** Up to the folder of the code: `functions`, `apps/web/src`. */
function rootOf(path: string): string {
  return /^(?:.*?\/)??(?:functions|src|workers?|api|server|backend|lib)(?=\/)/.exec(path)?.[0].replace(/(?:^|\/)lib$/, "") ?? path.split("/").slice(0, -1).join("/");
}

function mostly(paths: readonly string[], pattern: RegExp): boolean {
  return paths.filter((path) => pattern.test(path)).length * 2 > paths.length;
}

function mostFrequent(texts: readonly string[]): string | undefined {
  return [...new Set(texts)].sort((a, b) => count(texts, b) - count(texts, a) || a.length - b.length)[0];
}

function count(texts: readonly string[], text: string): number {
  return texts.filter((one) => one === text).length;
}

function depth(path: string): number {
  return path.split("/").length;
}
