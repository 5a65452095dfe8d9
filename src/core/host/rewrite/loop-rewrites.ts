// The rewrites of the query loops and sequences of one file. The file is parsed when the first is asked for.

import type { Span } from "../../text/span";
import { sequencesIn } from "../sequences";
import { batchReads } from "./batch-reads";
import { batchWrites } from "./batch-writes";
import { calledTurn, callsAround, withSplits } from "./called-turn";
import { readCode, type CodeFile, type CodeFiles } from "./code-files";
import { hoist, isInvariant } from "./hoist";
import { joinRead } from "./join-read";
import { oneTransaction } from "./one-transaction";
import { isPlainCall } from "./plain-functions";
import { withheld, type CallPlace, type LoopPlace, type Outcome, type SiteKinds } from "./rewrite";
import { batchSequence } from "./sequence";
import { turnAt, type Turn } from "./turn";

export class LoopRewrites {
  readonly #path: string;
  readonly #text: string;
  readonly #kinds: SiteKinds;
  readonly #files: CodeFiles;
  readonly #writingCalls: readonly CallPlace[];
  #parsed: CodeFile | undefined;
  #sequences: ReturnType<typeof sequencesIn> | undefined;

  /** `writingCalls` are all calls in loops of the file of functions that only write. */
  constructor(path: string, text: string, kinds: SiteKinds, files: CodeFiles, writingCalls: readonly CallPlace[] = []) {
    this.#writingCalls = writingCalls;
    this.#path = path;
    this.#text = text;
    this.#kinds = kinds;
    this.#files = files;
  }

  /** A loop that reads for each element. */
  reads(place: LoopPlace): Outcome {
    const turn = this.#turn(place);
    if (typeof turn === "string") return withheld(turn);
    const joined = place.join === undefined ? undefined : joinRead(turn, place.join, this.#kinds);
    if (joined !== undefined && "rewrite" in joined) return joined;
    const read = batchReads(turn, place, this.#kinds);
    return joined === undefined || "rewrite" in read ? read : withheld(`${read.withheld}, and it cannot be joined, since ${joined.withheld}`);
  }

  /** A loop that writes for each element. */
  writes(place: LoopPlace): Outcome {
    const home = this.#parse();
    if (typeof home === "string") return withheld(home);
    const turn = this.#turn(place);
    return typeof turn === "string" ? withheld(turn) : this.#written(turn, home);
  }

  /** A loop that writes to a database in this process, whose library has `transaction`. */
  transaction(place: LoopPlace): Outcome {
    const home = this.#parse();
    return typeof home === "string" ? withheld(home) : oneTransaction(place, home.layout, home.scopes);
  }

  /** A loop that calls a function which reads, for each element. */
  readingCalls(place: CallPlace): Outcome {
    return this.#calls(place, (turn) => {
      const read = batchReads(turn, { ...place, call: place.name, lookup: undefined }, this.#kinds);
      return "withheld" in read ? read : { rewrite: withSplits(read.rewrite, [turn.run], this.#path) };
    });
  }

  /** A loop that calls a function which writes, for each element. */
  writingCalls(place: CallPlace): Outcome {
    return this.#calls(place, (turn, home) => this.#written(turn, home));
  }

  #written(turn: Turn, home: CodeFile): Outcome {
    const calls = callsAround(turn, this.#writingCalls, home, this.#files);
    const outcome = batchWrites({ ...turn, calls }, this.#kinds);
    return "withheld" in outcome ? outcome : { rewrite: withSplits(outcome.rewrite, [turn.run, ...calls].sort((a, b) => a.call.pos - b.call.pos), this.#path) };
  }

  #calls(place: CallPlace, rewrite: (turn: Turn, home: CodeFile) => Outcome): Outcome {
    const home = this.#parse();
    if (typeof home === "string") return withheld(home);
    const turn = calledTurn(place, home, this.#files);
    if (typeof turn === "string") return withheld(turn);
    return rewrite(this.#withPlain(turn, home), home);
  }

  /** Undefined where the query of a turn is not the same as that of the others. */
  hoisting(place: LoopPlace): Outcome | undefined {
    const turn = this.#turn(place);
    return typeof turn === "string" || !isInvariant(turn, this.#kinds) ? undefined : hoist(turn);
  }

  /** Queries in a row, the first of which is prepared there. */
  sequence(first: Span): Outcome {
    const parsed = this.#parse();
    if (typeof parsed === "string") return withheld(parsed);
    const { layout, scopes } = parsed;
    const sequence = (this.#sequences ??= sequencesIn(layout.file, scopes)).find(([one]) => one !== undefined && layout.start(one.run.prepareName) === first.start);
    if (sequence === undefined) return withheld("the queries are not found");
    return batchSequence(sequence, layout, sequence.some(({ run }) => this.#kinds.get(layout.start(run.prepareName)) === "write"));
  }

  #turn(place: LoopPlace): Turn | string {
    const parsed = this.#parse();
    if (typeof parsed === "string") return parsed;
    const turn = turnAt(place, parsed.layout, parsed.scopes);
    if (typeof turn === "string") return turn;
    if (turn.run.isBuilt === true && !this.#kinds.has(parsed.layout.start(turn.run.prepareName))) return "it is not certain that the query builder can send a batch";
    return this.#withPlain(turn, parsed);
  }

  #withPlain(turn: Turn, home: CodeFile): Turn {
    return { ...turn, isPlain: (call) => isPlainCall(call, home, this.#files) };
  }

  #parse(): CodeFile | string {
    if (/\.(?:vue|svelte|astro)$/.test(this.#path)) return "the file is not all code";
    return (this.#parsed ??= readCode(this.#path, this.#text));
  }
}
