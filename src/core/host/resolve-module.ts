// From a module specifier to a file of the project: relative paths, `paths` and `baseUrl` of tsconfig files, `imports` of
// package.json, packages of the same workspace, and what frameworks take for granted. Works on a set of paths and on texts that are handed in; asks no disk.

import { ts } from "./typescript";
import type { Resolver } from "./heads";

export interface ResolverInput {
  /** Paths of all code files, relative to the workspace folder, with `/`. */
  readonly files: Iterable<string>;
  /** `tsconfig*.json`, `jsconfig*.json` and `package.json` by path. */
  readonly configurations: ReadonlyMap<string, string>;
}

interface Mapping {
  /** The folder that the configuration holds for; `""` for the top. */
  readonly folder: string;
  readonly baseUrl: string | undefined;
  readonly paths: readonly Pattern[];
}

interface Pattern {
  readonly prefix: string;
  /** What follows the `*`; undefined where there is none. */
  readonly suffix: string | undefined;
  readonly targets: readonly string[];
}

const extensions = ["", ".ts", ".tsx", ".js", ".jsx", ".mts", ".cts", ".mjs", ".cjs", "/index.ts", "/index.tsx", "/index.js", "/index.jsx", "/index.mjs", ".vue", ".svelte"];

export function moduleResolver({ files, configurations }: ResolverInput): Resolver {
  const known = new Set(files);
  const mappings = readMappings(configurations);
  const packages = readPackages(configurations);
  return (from, specifier) => {
    const folder = parentOf(from);
    if (specifier.startsWith(".")) return find(known, joined(folder, specifier));
    for (const mapping of mappings) {
      if (mapping.folder !== "" && !from.startsWith(`${mapping.folder}/`)) continue;
      for (const candidate of mapped(mapping, specifier)) {
        const found = find(known, candidate);
        if (found !== undefined) return found;
      }
    }
    return inPackage(known, packages, specifier) ?? byConvention(known, folder, specifier);
  };
}

function find(known: ReadonlySet<string>, path: string): string | undefined {
  for (const extension of extensions) if (known.has(path + extension)) return path + extension;
  // TypeScript sources import each other by the names of what they are compiled to.
  const script = /\.([cm]?)js(x?)$/.exec(path);
  if (script === null) return undefined;
  const stem = path.slice(0, script.index);
  return [`${stem}.${script[1]}ts${script[2]}`, `${stem}.tsx`].find((candidate) => known.has(candidate));
}

function parentOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}

/** `.` and `..` taken away; a path that leaves the workspace finds nothing. */
function joined(folder: string, relative: string): string {
  const parts = folder === "" ? [] : folder.split("/");
  for (const part of relative.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

function readMappings(configurations: ReadonlyMap<string, string>): readonly Mapping[] {
  const mappings = [...configurations].flatMap(([path, text]) => {
    if (/(?:^|\/)[tj]sconfig[\w.-]*\.json$/.test(path)) return mappingOf(path, configurations, text, 0) ?? [];
    return /(?:^|\/)package\.json$/.test(path) ? (subpathImports(path, text) ?? []) : [];
  });
  // The nearest configuration first.
  return mappings.sort((a, b) => b.folder.length - a.folder.length || (a.folder < b.folder ? -1 : 1));
}

function mappingOf(path: string, configurations: ReadonlyMap<string, string>, text: string, depth: number): Mapping | undefined {
  const config = readJson(path, text);
  const options = objectOf(config?.["compilerOptions"]);
  const folder = parentOf(path);
  const paths = objectOf(options?.["paths"]);
  const baseUrl = typeof options?.["baseUrl"] === "string" ? joined(folder, options["baseUrl"]) : undefined;
  if (paths === undefined && baseUrl === undefined) {
    const base = typeof config?.["extends"] === "string" && config["extends"].startsWith(".") ? joined(folder, config["extends"]) : undefined;
    const at = base === undefined ? undefined : [base, `${base}.json`].find((candidate) => configurations.has(candidate));
    const inherited = at === undefined || depth > 4 ? undefined : mappingOf(at, configurations, configurations.get(at) ?? "", depth + 1);
    return inherited === undefined ? undefined : { ...inherited, folder };
  }
  return {
    folder,
    baseUrl,
    paths: Object.entries(paths ?? {}).map(([pattern, targets]) => patternOf(pattern, Array.isArray(targets) ? targets : [], baseUrl ?? folder)),
  };
}

function patternOf(pattern: string, targets: readonly unknown[], folder: string): Pattern {
  const [prefix, suffix] = pattern.split("*");
  return { prefix: prefix ?? "", suffix, targets: targets.flatMap((target) => (typeof target === "string" ? [joined(folder, target)] : [])) };
}

/** `"imports": { "#db/*": "./src/db/*" }`. */
function subpathImports(path: string, text: string): Mapping | undefined {
  const imports = objectOf(readJson(path, text)?.["imports"]);
  if (imports === undefined) return undefined;
  const folder = parentOf(path);
  // The longest prefix wins, as Node.js has it.
  const paths = Object.entries(imports).map(([pattern, target]) => patternOf(pattern, textsIn(target), folder));
  return { folder, baseUrl: undefined, paths: paths.sort((a, b) => b.prefix.length - a.prefix.length) };
}

/** The targets of all conditions. */
function textsIn(target: unknown): string[] {
  if (typeof target === "string") return [target];
  return Object.values(objectOf(target) ?? {}).flatMap(textsIn);
}

function mapped({ baseUrl, paths }: Mapping, specifier: string): string[] {
  const found: string[] = [];
  for (const { prefix, suffix, targets } of paths) {
    if (suffix === undefined) {
      if (specifier === prefix) found.push(...targets);
    } else if (specifier.startsWith(prefix) && specifier.endsWith(suffix) && specifier.length >= prefix.length + suffix.length) {
      const rest = specifier.slice(prefix.length, specifier.length - suffix.length);
      found.push(...targets.map((target) => target.replace("*", () => rest)));
    }
  }
  return baseUrl === undefined ? found : [...found, baseUrl === "" ? specifier : `${baseUrl}/${specifier}`];
}

interface Package {
  readonly name: string;
  readonly folder: string;
  readonly entries: readonly string[];
  /** `exports`, by the path within the package. */
  readonly exports: ReadonlyMap<string, readonly string[]>;
}

function readPackages(configurations: ReadonlyMap<string, string>): readonly Package[] {
  const found = [...configurations].flatMap(([path, text]): Package[] => {
    if (!/(?:^|\/)package\.json$/.test(path)) return [];
    const config = readJson(path, text);
    const name = config?.["name"];
    if (typeof name !== "string" || name === "") return [];
    const entries = ["source", "module", "main", "types"].flatMap((key) => (typeof config?.[key] === "string" ? [config[key]] : []));
    const exported = config?.["exports"];
    const paths = Object.entries(objectOf(exported) ?? {}).filter(([key]) => key.startsWith("."));
    const exports = new Map(paths.length > 0 ? paths.map(([key, target]) => [key.slice(2), textsIn(target)] as const) : [["", textsIn(exported)] as const]);
    return [{ name, folder: parentOf(path), entries, exports }];
  });
  return found.sort((a, b) => b.name.length - a.name.length || (a.folder < b.folder ? -1 : 1));
}

/** A package of the workspace by its name: its entry, or a file of it, which may be built from `src`. */
function inPackage(known: ReadonlySet<string>, packages: readonly Package[], specifier: string): string | undefined {
  for (const { name, folder, entries, exports } of packages) {
    if (specifier !== name && !specifier.startsWith(`${name}/`)) continue;
    const rest = specifier.slice(name.length + 1);
    const named = exports.get(rest) ?? [];
    const candidates = rest === "" ? [...entries, "src/index", "index", "src/main", "src/lib/index"] : [rest, `src/${rest}`, `lib/${rest}`];
    for (const candidate of [...named, ...candidates]) {
      const found = find(known, joined(folder, candidate)) ?? find(known, joined(folder, candidate.replace(/^(?:\.\/)?(?:dist|build|lib)\//, "src/").replace(/\.d\.ts$/, ".js")));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** `$lib/…` of SvelteKit, whose configuration is generated; `~/…` and `@/…` where a bundler's configuration sets them. */
function byConvention(known: ReadonlySet<string>, from: string, specifier: string): string | undefined {
  const alias = /^(\$lib|~|@|~~|@@)(?:\/(.+))?$/.exec(specifier);
  if (alias === null) return undefined;
  const [, name, rest = ""] = alias;
  const homes = name === "$lib" ? ["src/lib"] : ["src", "app", ""];
  for (let folder: string | undefined = from; folder !== undefined; folder = folder === "" ? undefined : parentOf(folder)) {
    for (const home of homes) {
      const found = find(known, joined(folder, `${home}/${rest}`));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** With comments and trailing commas, as far as the text can be read. */
function readJson(path: string, text: string): Readonly<Record<string, unknown>> | undefined {
  return objectOf(ts.parseConfigFileTextToJson(path, text).config);
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}
