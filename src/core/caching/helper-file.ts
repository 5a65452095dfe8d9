// The cache helper as one file of a project: where it goes, in which language, and the function that gives the project's
// own cache.

export type CacheStyle = "kv" | "cache-api" | "workers-cache";

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
  readonly style: CacheStyle;
  /** The KV namespace; of no meaning for other styles. */
  readonly binding: string;
}

export interface HelperFile {
  readonly path: string;
  readonly text: string;
}

export function helperFile(project: HelperProject, texts: HelperTexts): HelperFile {
  const isTypeScript = mostly(project.querying, /\.[cm]?tsx?$/);
  const path = `${folderOf(project)}/${texts.name}.${isTypeScript ? "ts" : "js"}`.replace(/^\//, "");
  const text = isTypeScript ? texts.typescript : texts.javascript;
  return { path, text: `${text.trimEnd()}\n\n${ownCache(project, isTypeScript)}` };
}

/** The helper of a project that has one: a file that gives caches, of the helper's name. */
export function knownHelper(files: Iterable<{ readonly path: string; readonly text: string }>, name: string): string | undefined {
  for (const { path, text } of files) if (new RegExp(`(?:^|/)${name}\\.[cm]?[jt]s$`).test(path) && text.includes("createCache(")) return path;
  return undefined;
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

function ownCache({ style, binding }: HelperProject, isTypeScript: boolean): string {
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
