// The query sites of a project: every place that executes SQL, and, where a function hands its own parameter on as the
// text, the calls of that function instead, over any number of functions and files.

import type { BoundValue, CallSite, Hop } from "./call-site";
import type { CallerOf, CallGraph } from "./call-graph";
import { identify } from "./engines";
import type { Evaluator } from "./evaluate";
import type { Context, OpenParameter } from "./heads";
import { builderWrites } from "./builder-sites";
import { expand } from "./expand";
import { isElement, ofGivenList } from "./given-list";
import { LinkedText } from "./linked-text";
import type { CallFacts, FunctionFacts, ModuleFacts, ModuleSite } from "./module-facts";
import { partsOf, type TextValue } from "./text-value";

export interface LinkedSite {
  readonly module: ModuleFacts;
  readonly site: CallSite;
  readonly inFunction: FunctionFacts | undefined;
  /** The statement goes to the caller of its function. */
  readonly returned: boolean;
  /** What the database is taken from. */
  readonly receiver: TextValue | undefined;
  /** The `prepare` behind it. */
  readonly origin: ModuleSite;
  /** The parameter that an unresolved text is handed in by. */
  readonly given: OpenParameter | undefined;
}

const mostHops = 6;
const mostCallers = 400;
const mostVariants = 8;
/** A function whose text stays open is asked for its callers this often for one statement, whatever the ways to it. */
const mostVisits = 8;
const mostSteps = 3000;

export class WrapperSites {
  readonly #evaluator: Evaluator;
  readonly #graph: CallGraph;
  readonly #texts: LinkedText;
  readonly #visits = new Map<FunctionFacts, number>();
  #steps = 0;

  constructor(evaluator: Evaluator, graph: CallGraph) {
    this.#evaluator = evaluator;
    this.#graph = graph;
    this.#texts = new LinkedText(evaluator);
  }

  /** What one `prepare` comes to: itself, or the calls that hand a text to it. */
  of(origin: ModuleSite, module: ModuleFacts): readonly LinkedSite[] {
    const root = this.#evaluator.rootOf(module);
    const own = identify(origin.receiver, root, this.#evaluator);
    const { site } = origin;
    const identified = { binding: site.binding ?? own.binding, engine: site.binding !== undefined && own.engine === "unknown" ? ("d1" as const) : own.engine, ...(own.together === undefined ? {} : { together: own.together }) };
    const itself = (sql: CallSite["sql"], given?: OpenParameter): readonly LinkedSite[] => {
      if (sql.why === builderWrites && identified.engine !== "builder") return [];
      if (!origin.certain && (identified.engine === "unknown" || identified.engine === "d1")) return [];
      const loop = ofGivenList(site.loop, origin.text);
      const executions = site.executions.map((execution) => ({ ...execution, loop: ofGivenList(execution.loop, origin.text) }));
      return [{ module, site: { ...site, ...identified, sql, loop, executions, interpolations: stillOpen(site, sql) }, inFunction: functionIn(module, origin.inFunction), returned: origin.returned, receiver: origin.receiver, origin, given }];
    };
    if (origin.text === undefined) return itself(site.sql);
    const fragment = site.sql.variants[0]?.fragment ?? site.call;
    const text = this.#texts.of(origin.text, root, module.path);
    const sql = expand(text, fragment);
    if (sql === "not-sql") return [];
    const open = sql.status === "resolved" ? undefined : (this.#texts.openIn(text, partsOf) ?? this.#tag(module, origin.inFunction));
    const callers = open === undefined ? [] : this.#callersOf(open);
    if (open === undefined || callers.length === 0) return itself(sql, open);
    if (sql.status === "unresolved" && (site.loop === undefined || isElement(origin.text))) {
      this.#visits.clear();
      this.#steps = 0;
      const found = this.#promoted(origin, module, callers, [], open);
      if (found.some((linked) => linked.site.sql.status !== "unresolved")) return found;
    }
    return itself(this.#overCallers(origin, [], callers, text, fragment) ?? sql, open);
  }

  #callersOf(open: OpenParameter): readonly CallerOf[] {
    return this.#graph.callers(open.function).filter(({ call }) => !call.handedOn).slice(0, mostCallers);
  }

  #promoted(origin: ModuleSite, module: ModuleFacts, callers: readonly CallerOf[], inner: readonly CallerOf[], open: OpenParameter): LinkedSite[] {
    return callers.flatMap((caller) => {
      this.#steps++;
      const chain = [...inner, caller];
      const context = this.#contextOf(chain);
      const [template] = caller.call.arguments;
      const text = caller.call.isTag && open.index === 0 && template !== undefined ? template.value : this.#texts.of(origin.text!, context, caller.module.path);
      const fragment = caller.call.arguments[open.index]?.span ?? caller.call.call;
      const sql = expand(text, fragment);
      if (sql === "not-sql") return [];
      const next = sql.status === "resolved" ? undefined : (this.#texts.openIn(text, partsOf) ?? this.#tag(caller.module, caller.call.inFunction));
      const outer = next === undefined || chain.some((known) => known.target.function === next.function) ? [] : this.#callersOf(next);
      if (sql.status === "unresolved" && next !== undefined && outer.length > 0 && chain.length < mostHops && this.#mayVisit(next.function)) {
        const found = this.#promoted(origin, module, outer, chain, next);
        if (found.length > 0) return found;
      }
      const told = sql.status === "partial" && outer.length > 0 ? this.#overCallers(origin, chain, outer, text, fragment) : undefined;
      return [this.#siteAt(origin, module, chain, context, told ?? sql, caller.call.arguments[open.index]?.value, next)];
    });
  }

  /** Generated code and dialects of query builders lead everywhere. */
  #mayVisit(facts: FunctionFacts): boolean {
    const visits = this.#visits.get(facts) ?? 0;
    this.#visits.set(facts, visits + 1);
    return visits < mostVisits && this.#steps < mostSteps;
  }

  /** The parameter that takes the texts of a template, where a function is called as a tag: what it makes of them is not followed. */
  #tag(module: ModuleFacts, number: number | undefined): OpenParameter | undefined {
    for (let facts = functionIn(module, number); facts !== undefined; facts = functionIn(module, facts.outer)) {
      if (this.#graph.callers(facts).some(({ call }) => call.isTag)) return { module, function: facts, index: 0 };
    }
    return undefined;
  }

  /** The contexts of a chain of calls, the first of which is that of the function with the `prepare`. */
  #contextOf(chain: readonly CallerOf[]): Context {
    let context = this.#evaluator.rootOf(chain.at(-1)!.module);
    for (const caller of [...chain].reverse()) context = this.#graph.entered(caller, context);
    return context;
  }

  /** The text with what each caller hands in, where the statement itself is written here. */
  #overCallers(origin: ModuleSite, inner: readonly CallerOf[], callers: readonly CallerOf[], own: TextValue, fragment: CallSite["call"]): CallSite["sql"] | undefined {
    const home = inner.at(-1)?.module ?? callers[0]?.target.module;
    if (home === undefined) return undefined;
    const options = callers.slice(0, mostVariants).map((caller) => this.#texts.of(origin.text!, this.#contextOf([...inner, caller]), home.path));
    const all = callers.length > mostVariants ? [...options, own] : options;
    const sql = expand(all.length === 1 ? all[0]! : { kind: "choice", choice: "caller", options: all }, fragment);
    return sql === "not-sql" ? undefined : sql;
  }

  #siteAt(origin: ModuleSite, module: ModuleFacts, chain: readonly CallerOf[], context: Context, sql: CallSite["sql"], text: TextValue | undefined, given: OpenParameter | undefined): LinkedSite {
    const { module: home, call } = chain.at(-1)!;
    const inner = origin.site;
    const identity = identify(origin.receiver, context, this.#evaluator);
    const [run] = inner.executions;
    const ran = run === undefined ? (call.statement?.executions ?? []) : [{ method: run.method, name: call.name, loop: ofGivenList(call.loop, text) }];
    const via: Hop[] = [...chain.slice(0, -1).reverse().map((hop) => ({ file: hop.module.path, span: hop.call.name })), { file: module.path, span: inner.name }];
    const loop = ofGivenList(run === undefined && call.statement !== undefined ? call.statement.loop : call.loop, text);
    const handed = call.arguments.find((argument) => argument.interpolations.length > 0 && sql.variants.some((variant) => variant.fragment === argument.span));
    return {
      module: home,
      inFunction: functionIn(home, call.inFunction),
      returned: origin.returned && call.statement?.returned === true && ran.length === 0,
      receiver: call.receiver === "" ? call.arguments.find((argument) => argument.value.kind === "reference")?.value : call.callee,
      origin,
      given,
      site: {
        name: call.name,
        call: call.call,
        method: inner.method,
        receiver: call.receiver === "" ? inner.receiver : call.receiver,
        binding: identity.binding ?? inner.binding,
        engine: identity.engine === "unknown" && inner.binding !== undefined ? "d1" : identity.engine,
        functionName: functionIn(home, call.inFunction)?.name,
        sql,
        binds: boundBy(origin, chain),
        bindPlace: undefined,
        interpolations: handed?.interpolations ?? [],
        executions: ran,
        loop,
        via,
      },
    };
  }
}

/** Without those whose values other files told. */
function stillOpen({ interpolations, sql: own }: CallSite, sql: CallSite["sql"]): CallSite["interpolations"] {
  if (sql === own || interpolations.length === 0) return interpolations;
  const open = new Set(sql.variants.flatMap((variant) => variant.segments.filter((segment) => segment.kind === "hole").map((segment) => segment.source?.start)));
  return interpolations.filter(({ span }) => open.has(span.start));
}

/** The values that a call hands to `bind(...params)` of the function with the `prepare`. */
function boundBy(origin: ModuleSite, chain: readonly CallerOf[]): readonly BoundValue[] | undefined {
  let parameter = origin.bindsParameter;
  for (const [i, { call, target }] of chain.entries()) {
    if (parameter === undefined || call.isTag) return undefined;
    const handed = argumentsFrom(call, parameter, target.function.parameters[parameter]?.rest === true);
    if (handed !== undefined || i === chain.length - 1) return handed;
    const value = call.arguments[parameter]?.value;
    parameter = value?.kind === "reference" && value.to.kind === "parameter" ? value.to.index : undefined;
  }
  return undefined;
}

function argumentsFrom(call: CallFacts, index: number, rest: boolean): readonly BoundValue[] | undefined {
  const spread = call.arguments.findIndex((argument) => argument.spread);
  if (rest) return spread >= 0 ? undefined : call.arguments.slice(index).map((argument) => argument.bound);
  if (spread >= 0 && spread <= index) return undefined;
  const argument = call.arguments[index];
  return argument === undefined ? [] : argument.elements;
}

export function functionIn(module: ModuleFacts, number: number | undefined): FunctionFacts | undefined {
  return number === undefined ? undefined : module.functions[number];
}
