// Writes whose turns use what they give back (the new row's id, the number of changed rows, a RETURNING): sent together
// before the loop, and each turn takes the result of its own statement, which a batch gives in order, `meta` included.

import { ts } from "../typescript";
import { batchWords, canChunk } from "./batch-code";
import { callHindrance, sendFirst } from "./batch-reads";
import { exitsOf, swallowedAround } from "./effects";
import { isWholeTurn, readHindrance, readTurn, rowType } from "./read-turn";
import { withheld, type Outcome, type SiteKinds } from "./rewrite";
import { asksForTheLast, callsWithin, runsIn, verbName } from "./runs";
import type { Turn } from "./turn";

export function batchResults(turn: Turn, kinds: SiteKinds): Outcome {
  const problem = resultHindrance(turn) ?? readHindrance(turn, kinds);
  if (problem !== undefined) return withheld(problem);
  const whole = isWholeTurn(turn);
  const ready = readTurn(turn, whole);
  if (typeof ready === "string") return withheld(ready);
  const edits = sendFirst(ready, whole, ["statements", verbName(turn.run), "writes"]);
  if (typeof edits === "string") return withheld(edits);
  const short = !canChunk(turn, ready.short, rowType(turn));
  const all = short ? "all or none of them" : "all or none of each batch";
  return { rewrite: { title: `Send the writes of all turns in ${batchWords(short)} before the loop (a transaction: ${all})`, edits } };
}

/** What is no hindrance to a read: a turn that ends the loop would have kept later ones from writing. */
function resultHindrance({ loop, run, scopes, calls }: Turn): string | undefined {
  const region = loop.kind === "statement" ? loop.node : loop.callback;
  const called = run.split === undefined ? undefined : callHindrance(run.split);
  if (called !== undefined) return called;
  if (runsIn(region, scopes).length > (run.split === undefined ? 1 : 0) || callsWithin(region, calls)) return "the turn sends more than its write";
  if (asksForTheLast(run)) return "the statement asks for what the one before it did";
  const isExit = (exit: ts.Node): boolean => (loop.kind === "statement" ? !ts.isContinueStatement(exit) : ts.isThrowStatement(exit));
  return exitsOf(region).some(isExit) ? "what a turn wrote decides whether there is a next one" : swallowedAround(loop.node);
}
