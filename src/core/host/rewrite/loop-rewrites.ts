// The rewrites of the query loops of one file. The file is parsed when the first is asked for.

import { parseHost } from "../parse";
import { readScopes, type Scopes } from "../scopes";
import { batchReads } from "./batch-reads";
import { batchWrites } from "./batch-writes";
import { hoist, isInvariant } from "./hoist";
import { Layout } from "./layout";
import { withheld, type LoopPlace, type Outcome, type SiteKinds } from "./rewrite";
import { turnAt, type Turn } from "./turn";

export class LoopRewrites {
  readonly #path: string;
  readonly #text: string;
  readonly #kinds: SiteKinds;
  #parsed: { readonly layout: Layout; readonly scopes: Scopes } | undefined;

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

  #turn(place: LoopPlace): Turn | string {
    if (/\.(?:vue|svelte|astro)$/.test(this.#path)) return "the file is not all code";
    if (this.#parsed === undefined) {
      const file = parseHost(this.#path, this.#text);
      this.#parsed = { layout: new Layout(file), scopes: readScopes(file) };
    }
    return turnAt(place, this.#parsed.layout, this.#parsed.scopes);
  }
}
