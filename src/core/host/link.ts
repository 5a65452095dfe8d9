// Puts the facts of all files together: texts that come from other files, wrappers and who calls them, loops around calls
// that reach the database. A pure function of the facts, in time proportional to them; it pauses after each file.

import { CallGraph } from "./call-graph";
import type { CallSite, LinkedFile } from "./call-site";
import { Evaluator } from "./evaluate";
import { Gradual } from "./gradual";
import type { Resolver } from "./heads";
import { loopCalls } from "./loop-calls";
import type { ModuleFacts } from "./module-facts";
import { namedWrappers } from "./named-wrappers";
import { withoutNotes } from "./noted-jobs";
import { serve } from "./requests/serve";
import { sameValue } from "./same-value";
import type { Served } from "./served";
import { SettledLoops } from "./settled-loops";
import { WrapperSites, type LinkedSite } from "./wrapper-sites";

export interface LinkOptions {
  /** Names of functions that execute their first text, whatever is known of their bodies. */
  readonly wrappers?: readonly string[];
  /** The last result: files that nothing changed for keep their objects. */
  readonly previous?: Linked | undefined;
}

export interface Linked {
  readonly files: ReadonlyMap<string, LinkedFile>;
  /** Worked out when it is asked for first. */
  readonly served: Gradual<Served>;
}

/** `resolver` gives the path of the module that a file names, or undefined where it is none of the project. */
export function* link(modules: ReadonlyMap<string, ModuleFacts>, resolver: Resolver, options: LinkOptions = {}): Generator<void, Linked> {
  const all = [...modules.values()];
  const evaluator = new Evaluator(modules, resolver);
  const graph = yield* CallGraph.of(evaluator, all);
  const wrappers = new WrapperSites(evaluator, graph);
  const found: LinkedSite[] = [];
  for (const module of all) {
    found.push(...module.sites.flatMap((site) => wrappers.of(site, module)));
    yield;
  }
  found.push(...namedWrappers(modules, options.wrappers ?? [], found));
  const settled = new SettledLoops(all, graph, evaluator);
  const sites = withoutRepeats(found.map((linked) => settled.site(linked)));
  const loops = yield* loopCalls(modules, graph, settled, sites);
  const files = new Map<string, LinkedFile>();
  for (const [path, module] of modules) {
    yield;
    const own = withoutNotes({ sites: (sites.get(path) ?? []).map(({ site }) => site), calls: loops.get(path) ?? [] }, (loop) => settled.waitsIn(loop, module));
    const file: LinkedFile = { sites: [...own.sites].sort(inOrder), loopCalls: own.calls, sequences: module.sequences, repeats: module.repeats, ddl: module.ddl, comments: module.comments };
    const before = options.previous?.files.get(path);
    files.set(path, before !== undefined && sameValue(before, file) ? before : file);
  }
  return { files, served: new Gradual(() => serve(modules, evaluator, graph, sites)) };
}

/** By file. A wrapper that prepares its text in two branches is called once. */
function withoutRepeats(found: readonly LinkedSite[]): ReadonlyMap<string, LinkedSite[]> {
  const seen = new Set<string>();
  const sites = new Map<string, LinkedSite[]>();
  // A call of a method `prepare` of the project's own is a query by itself, and one of a wrapper.
  for (const linked of [...found].sort((a, b) => rank(a) - rank(b))) {
    const { site, module } = linked;
    const key = `${module.path}:${site.name.start}:${site.sql.variants.map((variant) => variant.text).join("\n")}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const known = sites.get(module.path);
    if (known === undefined) sites.set(module.path, [linked]);
    else known.push(linked);
  }
  return sites;
}

function rank({ site }: LinkedSite): number {
  return site.via.length + (site.sql.status === "unresolved" ? 100 : 0);
}

function inOrder(a: CallSite, b: CallSite): number {
  return a.name.start - b.name.start;
}
