// All that is worked out of one syntax tree to answer questions about it. Thrown away when the file's facts are made.

import { ts } from "./typescript";
import { Constants } from "./constants";
import { Declarations } from "./declarations";
import { Loops } from "./loops";
import { readScopes, type Scopes } from "./scopes";
import { TextFlow } from "./text-flow";

export interface Reading {
  readonly file: ts.SourceFile;
  readonly declarations: Declarations;
  readonly scopes: Scopes;
  readonly constants: Constants;
  readonly flow: TextFlow;
  readonly loops: Loops;
}

export function readingOf(file: ts.SourceFile): Reading {
  const declarations = new Declarations();
  const scopes = readScopes(file, (node) => declarations.note(node));
  const constants = new Constants(scopes);
  const flow = new TextFlow(file, scopes, constants, declarations);
  return { file, declarations, scopes, constants, flow, loops: new Loops(scopes, constants, flow) };
}
