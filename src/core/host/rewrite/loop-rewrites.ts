// The rewrites of the query loops and sequences of one file. The file is parsed when the first is asked for.

import type { Span } from "../../text/span";
import { parseHost } from "../parse";
import { readScopes, type Scopes } from "../scopes";
import { sequencesIn } from "../sequences";
import { batchReads } from "./batch-reads";
import { batchWrites } from "./batch-writes";
import { hoist, isInvariant } from "./hoist";
import { Layout } from "./layout";
import { withheld, type LoopPlace, type Outcome, type SiteKinds } from "./rewrite";
import { batchSequence } from "./sequence";
import { turnAt, type Turn } from "./turn";

interface Parsed {
  readonly layout: Layout;
  readonly scopes: Scopes;
}

export class LoopRewrites {
  readonly #path: string;
  readonly #text: string;
  readonly #kinds: SiteKinds;
  #parsed: Parsed | undefined;
  #sequences: ReturnType<typeof sequencesIn> | undefined;

  constructor(path: string, text: string, kinds: SiteKinds) {
    this.#path = path;
    this.#text = text;
    this.#kinds = kinds;
  }

  /** A loop that reads for each element. */
  reads(place: LoopPlace): Outcome {
    const turn = this.#turn(place);
    return typeof turn === "string" ? withheld(turn) : batchReads(turn, place, this.#kinds);
  }

  /** A loop that writes for each element. */
  writes(place: LoopPlace): Outcome {
    const turn = this.#turn(place);
    return typeof turn === "string" ? withheld(turn) : batchWrites(turn, this.#kinds);
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
    return typeof parsed === "string" ? parsed : turnAt(place, parsed.layout, parsed.scopes);
  }

  #parse(): Parsed | string {
    if (/\.(?:vue|svelte|astro)$/.test(this.#path)) return "the file is not all code";
    if (this.#parsed === undefined) {
      const file = parseHost(this.#path, this.#text);
      this.#parsed = { layout: new Layout(file), scopes: readScopes(file) };
    }
    return this.#parsed;
  }
}
