// Loops each turn of which is a job that waits for another service: what it notes before that, and again after, cannot wait
// for the other turns.

import type { Branch, CallSite, LoopCall, LoopUse } from "./call-site";
import { isWrite } from "./is-write";

/** A write, and what it notes something in: a table, or the file of the statement that a call leads to. */
interface Note {
  readonly at: number;
  readonly in: string;
  readonly branches: readonly Branch[];
}

interface Found {
  readonly sites: readonly CallSite[];
  readonly calls: readonly LoopCall[];
}

/** Of one file. `waits` gives the offsets in a loop at which a turn waits for another service. */
export function withoutNotes({ sites, calls }: Found, waits: (loop: LoopUse) => readonly number[]): Found {
  const notes = [...sites.flatMap(noteOf), ...calls.flatMap(noteOfCall)];
  const settle = <T extends LoopUse | undefined>(loop: T, note: Note | undefined): T => {
    if (loop?.shape !== "per-element" || note === undefined) return loop;
    const first = waits(loop).filter((at) => at > note.at).sort((a, b) => a - b)[0];
    const isNotedAgain = first !== undefined && notes.some((other) => other.in === note.in && other.at > first && other.at < loop.span.end && follows(other, note));
    return isNotedAgain ? { ...loop, shape: "sequential", because: "each turn is a job that notes where it is" } : loop;
  };
  return {
    sites: sites.map((site) => {
      const [note] = noteOf(site);
      const loop = settle(site.loop, note);
      const executions = site.executions.map((execution) => ({ ...execution, loop: settle(execution.loop, note) }));
      return loop === site.loop && executions.every((execution, i) => execution.loop === site.executions[i]!.loop) ? site : { ...site, loop, executions };
    }),
    calls: calls.map((call) => {
      const loop = settle(call.loop, noteOfCall(call)[0]);
      return loop === call.loop ? call : { ...call, loop };
    }),
  };
}

/** Two that are made on different sides of a condition are of different turns. */
function follows(later: Note, earlier: Note): boolean {
  return earlier.branches.every(({ at, side }, i) => later.branches[i]?.at === at && later.branches[i].side === side);
}

const written = /^\s*(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|REPLACE\s+INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM)\s+["`[]?(\w+)/i;

function noteOf(site: CallSite): readonly Note[] {
  const table = isWrite(site) ? written.exec(site.sql.variants[0]?.text ?? "")?.[1] : undefined;
  return table === undefined ? [] : [{ at: site.name.start, in: `table ${table.toLowerCase()}`, branches: site.loop?.branches ?? [] }];
}

function noteOfCall({ name, loop, reaches, via }: LoopCall): readonly Note[] {
  const statement = via.at(-1);
  return reaches.writes === 0 || statement === undefined ? [] : [{ at: name.start, in: `file ${statement.file}`, branches: loop.branches ?? [] }];
}
