// The route that a file's path stands for, where a framework goes by paths: Pages Functions, Next.js, Astro, SvelteKit,
// Remix, Nuxt.

export interface FileRoute {
  readonly route: string;
  readonly method: string | undefined;
}

const verb = /^(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|ALL)$/;
const end = String.raw`\.[cm]?[jt]sx?$`;
const pages = new RegExp(String.raw`(?:^|/)functions/(.+)${end}`);
const nextRoute = new RegExp(String.raw`(?:^|/)app/(.*/)?route${end}`);
const nextApi = new RegExp(String.raw`(?:^|/)pages/(api/.+)${end}`);
const astro = new RegExp(String.raw`(?:^|/)src/pages/(.+)${end}`);
const svelte = new RegExp(String.raw`(?:^|/)src/routes/(.*/)?\+(?:server|page\.server|layout\.server)${end}`);
const remix = new RegExp(String.raw`(?:^|/)app/routes/(.+)${end}`);
const nuxt = new RegExp(String.raw`(?:^|/)server/(api|routes)/(.+?)(?:\.(get|post|put|patch|delete))?${end}`);

/** The route of what `file` exports as `name`; undefined where its path tells of none. */
export function fileRoute(file: string, name: string): FileRoute | undefined {
  if (name.startsWith("onRequest")) return found(pages.exec(file)?.[1], methodOf(name.slice("onRequest".length)));
  if (verb.test(name)) return found((nextRoute.exec(file) ?? svelte.exec(file))?.slice(1).map((part) => part ?? "")[0] ?? astro.exec(file)?.[1], methodOf(name));
  if (name === "load" || name === "actions") return found(svelte.exec(file)?.slice(1).map((part) => part ?? "")[0], name === "load" ? "GET" : "POST");
  if (name === "loader" || name === "action") return found(remix.exec(file)?.[1]?.replaceAll(".", "/").replaceAll(/\$(\w+)/g, "[$1]").replace(/\$$/, "[[rest]]"), name === "loader" ? "GET" : undefined);
  if (name !== "default") return undefined;
  const api = nextApi.exec(file)?.[1];
  if (api !== undefined) return found(api, undefined);
  const served = nuxt.exec(file);
  return served === null ? undefined : found(served[1] === "api" ? `api/${served[2]}` : served[2], methodOf(served[3] ?? ""));
}

/** The folder that a middleware of Pages Functions runs around, as a route; undefined where it is none. */
export function middlewareFolder(file: string): { readonly root: string; readonly route: string } | undefined {
  const path = /(?:^|\/)_middleware$/.test(pages.exec(file)?.[1] ?? "") ? pages.exec(file)![1]! : undefined;
  if (path === undefined) return undefined;
  return { root: functionsRoot(file), route: routeOf(path.replace(/_middleware$/, "")) };
}

/** The folder that a project's functions lie in. */
export function functionsRoot(file: string): string {
  return file.slice(0, file.search(/(?:^|\/)functions\//));
}

export function joinedRoute(prefix: string, path: string): string {
  const whole = `${prefix}/${path}`.replaceAll(/\/{2,}/g, "/");
  return whole.length > 1 && whole.endsWith("/") ? whole.slice(0, -1) : whole;
}

function found(path: string | undefined, method: string | undefined): FileRoute | undefined {
  return path === undefined ? undefined : { route: routeOf(path), method };
}

function methodOf(name: string): string | undefined {
  const upper = name.toUpperCase();
  return upper === "" || upper === "ALL" ? undefined : upper;
}

function routeOf(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== "index" && part !== "_index" && !/^\(.*\)$/.test(part));
  return joinedRoute("", parts.map((part) => part.replace(/^\[\[?\.{3}\w+\]\]?$|^\[\[\w+\]\]$/, "*").replaceAll(/\[(\w+)\]/g, ":$1")).join("/"));
}
