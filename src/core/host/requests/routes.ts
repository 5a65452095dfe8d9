// The routes of a project, with the functions that answer them and those that run around these: from routers over files,
// from the paths of files, and from what the runtime calls by its name.

import type { CallGraph } from "../call-graph";
import type { Evaluator } from "../evaluate";
import type { FunctionFacts, ModuleFacts } from "../module-facts";
import type { ExportEntry, Handlers, MountEntry, RouteEntry } from "../request-facts";
import type { Endpoint } from "../served";
import type { TextValue } from "../text-value";
import { fileRoute, functionsRoot, joinedRoute, middlewareFolder } from "./file-routes";

export interface Route {
  readonly module: ModuleFacts;
  readonly kind: Endpoint["kind"];
  readonly method: string | undefined;
  readonly route: string | undefined;
  readonly name: Endpoint["name"];
  readonly functionName: string | undefined;
  readonly handlers: readonly FunctionFacts[];
  /** Functions written in what makes the handler, of which it is not seen that they are called. */
  readonly written: readonly FunctionFacts[];
  readonly around: readonly FunctionFacts[];
}

interface Middleware {
  readonly handlers: readonly FunctionFacts[];
  readonly covers: (route: string | undefined, routers: ReadonlySet<object>, file: string) => boolean;
}

const mostPrefixes = 4;
const deepest = 6;

export class Routes {
  readonly #modules: ReadonlyMap<string, ModuleFacts>;
  readonly #evaluator: Evaluator;
  readonly #graph: CallGraph;
  readonly #mounts = new Map<object, { readonly parent: object; readonly path: string }[]>();

  constructor(modules: ReadonlyMap<string, ModuleFacts>, evaluator: Evaluator, graph: CallGraph) {
    this.#modules = modules;
    this.#evaluator = evaluator;
    this.#graph = graph;
    for (const [module, entry] of this.#entries()) if (entry.kind === "mount") this.#mount(entry, module);
  }

  /** In the order of the files, and in each of the text. */
  all(): readonly Route[] {
    const middlewares = [...this.#entries()].flatMap(([module, entry]) => (entry.kind === "mount" ? [] : this.#middleware(entry, module)));
    return [...this.#modules.values()].flatMap((module) => module.entries.flatMap((entry) => (entry.kind === "route" ? this.#routed(entry, module, middlewares) : entry.kind === "export" ? this.#exported(entry, module, middlewares) : [])).sort((a, b) => a.name.start - b.name.start));
  }

  *#entries(): Iterable<readonly [ModuleFacts, ModuleFacts["entries"][number]]> {
    for (const module of this.#modules.values()) for (const entry of module.entries) yield [module, entry];
  }

  #mount({ router, path, base, sub }: MountEntry, module: ModuleFacts): void {
    const [parent] = this.#routers(router, module);
    for (const child of this.#routers(sub, module)) {
      if (parent === undefined || parent === child) continue;
      const known = this.#mounts.get(child);
      const mount = { parent, path: joinedRoute(base, path) };
      if (known === undefined) this.#mounts.set(child, [mount]);
      else known.push(mount);
    }
  }

  /** What stands for a router: the object that makes it; of a parameter, those that are handed in. */
  #routers(value: TextValue, module: ModuleFacts): readonly object[] {
    if (value.kind === "reference" && value.to.kind === "parameter") {
      const { function: number, index } = value.to;
      const facts = module.functions[number];
      const handed = (facts === undefined ? [] : this.#graph.callers(facts)).flatMap(({ module: home, call }) => {
        const argument = call.arguments[index]?.value;
        return argument === undefined || argument === value ? [] : this.#made(argument, home);
      });
      if (handed.length > 0) return handed;
    }
    return this.#made(value, module);
  }

  #made(value: TextValue, module: ModuleFacts): readonly object[] {
    const heads = this.#evaluator.heads(value, this.#evaluator.rootOf(module));
    return heads.flatMap((head) => (head.value.kind === "reference" ? [head.value.to] : []));
  }

  /** All that comes before the paths of a router, with the routers on the way. */
  #prefixes(router: object | undefined, depth = 0): readonly { readonly path: string; readonly routers: ReadonlySet<object> }[] {
    const mounts = router === undefined || depth > deepest ? [] : (this.#mounts.get(router) ?? []);
    const own = router === undefined ? [] : [router];
    if (mounts.length === 0) return [{ path: "", routers: new Set(own) }];
    return mounts.flatMap(({ parent, path }) => this.#prefixes(parent, depth + 1).map((outer) => ({ path: joinedRoute(outer.path, path), routers: new Set([...outer.routers, ...own]) }))).slice(0, mostPrefixes);
  }

  #middleware(entry: RouteEntry | ExportEntry, module: ModuleFacts): readonly Middleware[] {
    const handlers = this.#functions(entry, module);
    const all = [...handlers.called, ...handlers.written];
    if (entry.kind === "export") {
      const folder = entry.as.startsWith("onRequest") ? middlewareFolder(module.path) : undefined;
      return folder === undefined ? [] : [{ handlers: all, covers: (route, routers, file) => routers.size === 0 && functionsRoot(file) === folder.root && isBelow(route, folder.route) }];
    }
    if (!entry.isUse) return [];
    const [router] = this.#routers(entry.router, module);
    if (router === undefined) return [];
    return this.#prefixes(router).map(({ path }) => {
      const below = joinedRoute(path, joinedRoute(entry.base, (entry.path ?? "").replace(/\/?\*$/, "")));
      return { handlers: all, covers: (route, routers) => routers.has(router) && isBelow(route, below) };
    });
  }

  #routed(entry: RouteEntry, module: ModuleFacts, middlewares: readonly Middleware[]): readonly Route[] {
    if (entry.isUse) return [];
    const { called, written } = this.#functions(entry, module);
    if (called.length + written.length === 0) return [];
    const [router] = this.#routers(entry.router, module);
    return this.#prefixes(router).map(({ path, routers }) => {
      const route = joinedRoute(path, joinedRoute(entry.base, entry.path ?? ""));
      return { module, kind: "http", method: entry.method, route, name: entry.name, functionName: entry.functionName ?? called.at(-1)?.name, handlers: called, written, around: aroundOf(middlewares, route, routers, module) };
    });
  }

  #exported(entry: ExportEntry, module: ModuleFacts, middlewares: readonly Middleware[]): readonly Route[] {
    const { called, written } = this.#functions(entry, module);
    const own = { module, name: entry.name, functionName: entry.functionName ?? called[0]?.name, handlers: called, written };
    if (entry.as === "method") return [{ ...own, kind: "other", method: undefined, route: undefined, around: [] }];
    const event = /^default\.(fetch|scheduled|queue|email)$/.exec(entry.as)?.[1];
    if (event !== undefined) return called.length + written.length === 0 ? [] : [{ ...own, kind: event === "fetch" ? "http" : (event as "scheduled" | "queue" | "email"), method: undefined, route: undefined, around: [] }];
    const file = fileRoute(module.path, entry.as);
    if (file === undefined || middlewareFolder(module.path) !== undefined) return [];
    return [{ ...own, kind: "http", ...file, around: aroundOf(middlewares, file.route, new Set(), module) }];
  }

  #functions({ handlers, functions }: Handlers, module: ModuleFacts): { readonly called: readonly FunctionFacts[]; readonly written: readonly FunctionFacts[] } {
    const root = this.#evaluator.rootOf(module);
    const own = [...functions.flatMap((number) => module.functions[number] ?? []), ...handlers.flatMap((value) => this.#handedTo(value, module))];
    const found = handlers.flatMap((value) => this.#evaluator.heads(value, root).flatMap((head) => this.#evaluator.functionOf(head) ?? membersOf(head.value).flatMap((member) => this.#evaluator.heads(member, head.context).flatMap((one) => this.#evaluator.functionOf(one) ?? []))));
    const called = [...new Set(found.length === 0 ? own : found)];
    // A handler that stands there by itself is one; what stands in the call that wraps it is seen to be called, or not.
    return { called: handlers.length === 0 ? own : called, written: own.filter((facts) => !called.includes(facts)) };
  }

  /** Functions that what makes a handler is called with: `withUser(list)`. */
  #handedTo(value: TextValue, module: ModuleFacts, depth = 0): readonly FunctionFacts[] {
    if (value.kind !== "reference" || value.to.kind !== "call" || depth > 4) return [];
    return value.to.arguments.flatMap((argument) => {
      const heads = argument.kind === "reference" && argument.to.kind !== "object" ? this.#evaluator.heads(argument, this.#evaluator.rootOf(module)) : [];
      return [...heads.flatMap((head) => this.#evaluator.functionOf(head) ?? []), ...this.#handedTo(argument, module, depth + 1)];
    });
  }
}

function aroundOf(middlewares: readonly Middleware[], route: string | undefined, routers: ReadonlySet<object>, module: ModuleFacts): readonly FunctionFacts[] {
  return [...new Set(middlewares.filter(({ covers }) => covers(route, routers, module.path)).flatMap(({ handlers }) => handlers))];
}

function isBelow(route: string | undefined, folder: string): boolean {
  return route !== undefined && (folder === "/" || folder === "" || route === folder || route.startsWith(`${folder}/`));
}

/** `{ fetch() { … } }` of what makes the whole worker. */
function membersOf(value: TextValue): readonly TextValue[] {
  if (value.kind === "list") return value.of.kind === "concat" ? value.of.parts.flatMap((part) => (part.kind === "element" ? [part.of] : [])) : [];
  return value.kind === "reference" && value.to.kind === "object" ? [...value.to.members].flatMap(([name, member]) => (/^(?:fetch|scheduled|queue|email)$/.test(name) ? [member] : [])) : [];
}
