// Calls of functions that the settings name as wrappers, wherever their bodies are: the first argument that is SQL is the
// statement.

import type { CallSite } from "./call-site";
import { expand } from "./expand";
import type { CallFacts, ModuleFacts } from "./module-facts";
import { referTo } from "./reference";
import { functionIn, type LinkedSite } from "./wrapper-sites";

export function namedWrappers(modules: ReadonlyMap<string, ModuleFacts>, names: readonly string[], known: readonly LinkedSite[]): readonly LinkedSite[] {
  if (names.length === 0) return [];
  const wanted = new Set(names);
  const taken = new Set(known.map(({ module, site }) => `${module.path}:${site.name.start}`));
  return [...modules.values()].flatMap((module) =>
    module.calls
      .filter((call) => !call.handedOn && (wanted.has(call.calleeName) || wanted.has(`${call.receiver}.${call.calleeName}`)) && !taken.has(`${module.path}:${call.name.start}`))
      .flatMap((call) => siteOf(call, module) ?? []),
  );
}

function siteOf(call: CallFacts, module: ModuleFacts): LinkedSite | undefined {
  for (const argument of call.arguments) {
    const sql = expand(argument.value, argument.span);
    if (sql === "not-sql" || sql.status === "unresolved") continue;
    const rest = call.arguments.slice(call.arguments.indexOf(argument) + 1);
    const site: CallSite = {
      name: call.name,
      call: call.call,
      method: "prepare",
      receiver: call.receiver,
      binding: undefined,
      engine: "unknown",
      functionName: functionIn(module, call.inFunction)?.name,
      sql,
      binds: rest.length === 1 ? rest[0]!.elements : undefined,
      bindPlace: undefined,
      interpolations: argument.interpolations,
      executions: [{ method: "all", name: call.name, loop: call.loop }],
      loop: call.loop,
      via: [],
    };
    const value = referTo({ kind: "global", name: call.calleeName });
    const origin = { site, text: undefined, receiver: value, inFunction: call.inFunction, returned: false, certain: true, bindsParameter: undefined };
    return { module, site, inFunction: functionIn(module, call.inFunction), returned: false, receiver: undefined, origin, given: undefined };
  }
  return undefined;
}
