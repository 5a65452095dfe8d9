// Long arguments of a call that comes to stand at two places, each written once before: a text as a constant, a list or
// an object of the element's values as a function of it.

import { ts } from "../typescript";
import { descendants, isWithin } from "../syntax";
import type { Turn } from "./turn";

export interface Shared {
  /** Statements before the loop. */
  readonly lines: readonly string[];
  /** The call of the function, and that of the one which gives the statement. */
  readonly call: string;
  readonly statement: string;
}

interface Turns {
  readonly loop: ts.Node;
  readonly element: ts.VariableDeclaration;
  readonly elementType: string;
}

/** The variable of the loop as a parameter, with a type where it has to have one. */
export function parameterOf({ name, type }: ts.VariableDeclaration, elementType: string | undefined, isTypeScript: boolean): string {
  const written = isTypeScript ? (type?.getText() ?? elementType) : undefined;
  return written === undefined ? name.getText() : `${name.getText()}: ${written}`;
}

/** Undefined where nothing of the call is long. */
export function sharedArguments({ layout, run, scopes, anchor }: Turn, { loop, element, elementType }: Turns, isPrepared: boolean, indent: string): Shared | undefined {
  const { split, call } = run;
  if (split === undefined || isPrepared) return undefined;
  const ends = [call.expression.end, ...call.arguments.map((argument) => argument.end)];
  if (ends.some((end, at) => layout.hasComment({ start: end, end: call.arguments[at] === undefined ? call.end : layout.start(call.arguments[at]) }))) return undefined;
  const lines: string[] = [];
  const texts = call.arguments.map((argument): string => {
    if (layout.isOneLine(argument)) return layout.text(argument);
    const ofTurn = descendants(argument).some((node) => {
      const home = ts.isIdentifier(node) ? scopes.binding(node)?.node : undefined;
      return home !== undefined && isWithin(home, loop);
    });
    const text = layout.moved(layout.start(argument), argument.end, argument, indent);
    if (!ofTurn && ts.isTemplateLiteral(argument)) {
      const name = layout.freeName(anchor, "sql", "query", "statementText");
      lines.push(`const ${name} = ${text}${layout.semicolon}`);
      return name;
    }
    // An object gets its type from the parameter that it is for.
    if (!ts.isArrayLiteralExpression(argument) && (!ts.isObjectLiteralExpression(argument) || layout.isTypeScript)) return layout.moved(layout.start(argument), argument.end, argument, indent + layout.unit);
    const name = layout.freeName(anchor, lines.some((line) => line.includes("valuesOf")) ? "moreOf" : "valuesOf");
    const value = ts.isObjectLiteralExpression(argument) ? `(${text})` : text;
    lines.push(`const ${name} = (${parameterOf(element, elementType, layout.isTypeScript)}) => ${value}${layout.semicolon}`);
    return `${name}(${element.name.getText()})`;
  });
  if (lines.length === 0) return undefined;
  const list = `(${texts.join(", ")})`;
  const callee = layout.text(call.expression);
  const { token } = split.callee;
  return { lines, call: callee + list, statement: layout.file.text.slice(layout.start(call), layout.start(token)) + split.name + list };
}
