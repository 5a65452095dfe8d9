// One statement that the code sends, with its database and what is bound to it: what the code's facts hand to the map.

import type { SitePlace } from "../host/served";
import type { Planner } from "../planner/planner";
import type { Statement } from "../sql/statement";
import type { Span } from "../text/span";

export interface SentStatement {
  readonly site: SitePlace;
  /** Where the name token that `site` begins at ends. */
  readonly nameEnd: number;
  readonly functionName: string | undefined;
  /** How often one call of its function sends it: once, or about this often in a loop. */
  readonly turns: number;
  /** Each of these is a round trip of its own, which another rule speaks of. */
  readonly isLooped: boolean;
  readonly statement: Statement;
  /** The binding of its database. */
  readonly database: string;
  readonly planner: Planner;
  /** In the order of the parameters; undefined where they are not all known. */
  readonly bound: readonly BoundText[] | undefined;
}

export interface BoundText {
  readonly span: Span;
  /** As written, white space collapsed. */
  readonly text: string;
  /** What a plain name was last set to before, as written; undefined where it is no such name, or nothing is seen. */
  readonly madeFrom: string | undefined;
  readonly isLiteral: boolean;
}
