// The statements of a turn that its query is made of: those that declare or change a variable that the query reads, and
// what those read. They can run before the turn, in a loop of their own, where nothing else of the turn could notice.

import { ts } from "../typescript";
import { isAssignment, type Binding, type Scopes } from "../scopes";
import { descendants, isWithin, methodOf, unwrap } from "../syntax";
import { effectsOf, exitsOf, outerBindings } from "./effects";
import { rootOf } from "./runs";

export interface Needed {
  /** In order. */
  readonly statements: readonly ts.Statement[];
  /** Those that the rest of the turn does not use. */
  readonly moved: ReadonlySet<ts.Statement>;
}

/**
 * What stands before the query's own statement and is needed for it; why it cannot be taken apart from the turn
 * otherwise. `region` is the loop, or the callback, with the loop's variables.
 */
export function neededFor(query: ts.Expression, own: ts.Statement | undefined, before: readonly ts.Statement[], region: ts.Node, scopes: Scopes, conditions: readonly ts.Expression[] = []): Needed | string {
  const needed = slice([query, ...conditions], before, scopes);
  const code = [query, ...conditions, ...needed];
  for (const statement of needed) {
    if (exitsOf(statement).length > 0) return "a turn can end before its query";
    if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) return "the turn declares what its query calls";
    const effect = effectsOf(statement, scopes).find(({ binding }) => binding === undefined || !isWithin(binding.node, region));
    if (effect !== undefined) return `\`${effect.text}\` is changed where the query is made`;
  }
  const carried = carriedInto(code, needed, region, scopes);
  if (carried !== undefined) return carried;
  const rest = conditions.length > 0 ? allBut([query, ...needed], region) : restOf(query, own, before, needed, region);
  const shared = needed.filter((statement) => rest.some((node) => readsAny(node, declaredIn(statement, scopes), scopes)));
  const copied = new Set(slice([], before, scopes, shared));
  for (const statement of copied) {
    if (!ts.isVariableStatement(statement) || !isRepeatable(statement)) return `the turn goes on to use what its query is made of (\`${statement.getText().split("\n")[0]!.slice(0, 50)}\`)`;
  }
  return { statements: needed, moved: new Set(needed.filter((statement) => !copied.has(statement))) };
}

/** What of the statements the expressions are made of, in order. */
export function madeOf(wanting: readonly ts.Expression[], before: readonly ts.Statement[], scopes: Scopes): readonly ts.Statement[] {
  return slice(wanting, before, scopes);
}

/** The statements that the query, or other statements, need; those themselves included. */
function slice(wanting: readonly ts.Expression[], before: readonly ts.Statement[], scopes: Scopes, from: readonly ts.Statement[] = []): readonly ts.Statement[] {
  const taken = new Set<ts.Statement>(from);
  const wanted = new Set<Binding>();
  const want = (node: ts.Node): void => {
    for (const inner of descendants(node)) {
      const binding = ts.isIdentifier(inner) ? scopes.binding(inner) : undefined;
      if (binding !== undefined) wanted.add(binding);
    }
  };
  for (const expression of wanting) want(expression);
  for (const statement of from) want(statement);
  for (let size = -1; size !== taken.size; ) {
    size = taken.size;
    for (const statement of before) {
      if (taken.has(statement)) continue;
      const makes = declaredIn(statement, scopes);
      const changes = effectsOf(statement, scopes).flatMap(({ binding }) => binding ?? []);
      if (![...makes, ...changes].some((binding) => wanted.has(binding) && before.some((one) => isWithin(binding.node, one)))) continue;
      taken.add(statement);
      want(statement);
    }
  }
  return before.filter((statement) => taken.has(statement));
}

function declaredIn(statement: ts.Statement, scopes: Scopes): ReadonlySet<Binding> {
  const found = new Set<Binding>();
  if (!ts.isVariableStatement(statement)) return found;
  for (const node of descendants(statement)) {
    const binding = ts.isIdentifier(node) ? scopes.declared(node) : undefined;
    if (binding !== undefined) found.add(binding);
  }
  return found;
}

/** A variable that the query reads and that turns change: the query of a later turn would see another value. */
function carriedInto(code: readonly ts.Node[], needed: readonly ts.Statement[], region: ts.Node, scopes: Scopes): string | undefined {
  const outer = outerBindings(code, region, scopes);
  const turn = ts.isForStatement(region) ? region.statement : region;
  for (const { node, binding, property, text } of effectsOf(turn, scopes)) {
    if (binding === undefined || needed.some((statement) => isWithin(node, statement))) continue;
    if (outer.has(binding)) return `\`${text}\`, which the query reads, changes from turn to turn`;
    const isElement = isWithin(binding.node, region) && !ts.isVariableStatement(binding.node.parent.parent);
    if (isElement && readsProperty(code, binding, property, scopes)) return `\`${text}\`, which the query reads, is changed in the turn`;
  }
  return undefined;
}

function readsProperty(code: readonly ts.Node[], binding: Binding, property: string | undefined, scopes: Scopes): boolean {
  return code.some((node) =>
    descendants(node).some((inner) => {
      if (!ts.isIdentifier(inner) || scopes.binding(inner) !== binding) return false;
      return property === undefined || !ts.isPropertyAccessExpression(inner.parent) || inner.parent.expression !== inner || inner.parent.name.text === property;
    }),
  );
}

/** What stays in the turn. */
function restOf(query: ts.Expression, own: ts.Statement | undefined, before: readonly ts.Statement[], needed: readonly ts.Statement[], region: ts.Node): readonly ts.Node[] {
  if (own === undefined) return [];
  const after = ts.isBlock(own.parent) ? own.parent.statements.slice(own.parent.statements.indexOf(own) + 1) : [];
  const around = descendants(own).filter((node) => ts.isIdentifier(node) && !isWithin(node, query));
  return [...before.filter((statement) => !needed.includes(statement)), ...around, ...after].filter((node) => isWithin(node, region));
}

/** Every name of the turn that stands outside of these. */
function allBut(taken: readonly ts.Node[], region: ts.Node): readonly ts.Node[] {
  return descendants(region).filter((node) => ts.isIdentifier(node) && !taken.some((one) => isWithin(node, one)));
}

function readsAny(node: ts.Node, bindings: ReadonlySet<Binding>, scopes: Scopes): boolean {
  return descendants(node).some((inner) => {
    const binding = ts.isIdentifier(inner) ? scopes.binding(inner) : undefined;
    return binding !== undefined && bindings.has(binding);
  });
}

/** Methods and functions that give the same value again and change nothing. */
const repeatable =
  /^(?:String|Number|Boolean|parseInt|parseFloat|encodeURIComponent|decodeURIComponent|Math\.(?!random)\w+|JSON\.(?:stringify|parse)|Object\.(?:keys|values|entries)|\w+\.(?:from|UTC)|(?:Array|Number)\.is\w+)$|\.(?:trim|trimStart|trimEnd|toLowerCase|toUpperCase|slice|substring|split|replace|replaceAll|padStart|padEnd|toString|toFixed|toISOString|join|concat|includes|startsWith|endsWith|indexOf|at|getFullYear|getMonth|getDate|getTime|map|filter)$/;

/** Those that give another value each time, and change nothing either. */
const generating = /^(?:Date\.now|Math\.random|(?:globalThis\.)?crypto\.randomUUID)$/;

function isRepeatable(statement: ts.VariableStatement): boolean {
  if ((statement.declarationList.flags & ts.NodeFlags.Const) === 0) return false;
  return descendants(statement).every((node) => {
    if (ts.isNewExpression(node)) return node.expression.getText() === "Date" && (node.arguments?.length ?? 0) > 0;
    return givesOnly(node, repeatable);
  });
}

/**
 * True where the code may be run once more than before: it changes nothing. Within `statement` it may prepare and bind;
 * `isPlain` knows more calls that only give a value.
 */
export function isPure(code: ts.Node, statement: ts.Node, isPlain?: (call: ts.CallExpression) => boolean): boolean {
  return descendants(code).every((node) => {
    if (ts.isCallExpression(node) && isPlain?.(node) === true) return true;
    if (ts.isCallExpression(node) && isWithin(node, statement) && /^(?:prepare|bind)$/.test(methodOf(node)?.name.text ?? "")) return true;
    if (ts.isNewExpression(node)) return node.expression.getText() === "Date";
    if (ts.isCallExpression(node) && generating.test(node.expression.getText())) return true;
    if (ts.isDeleteExpression(node) || ts.isPostfixUnaryExpression(node) || (ts.isPrefixUnaryExpression(node) && /^(?:\+\+|--)/.test(node.getText()))) return false;
    if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) return false;
    return givesOnly(node, repeatable);
  });
}

function givesOnly(node: ts.Node, known: RegExp): boolean {
  if (ts.isAwaitExpression(node) || ts.isYieldExpression(node) || ts.isTaggedTemplateExpression(node)) return false;
  if (!ts.isCallExpression(node)) return true;
  const access = methodOf(node);
  const name = access === undefined ? node.expression.getText() : ts.isIdentifier(unwrap(access.expression)) && /^[A-Z]/.test(access.expression.getText()) ? node.expression.getText() : `.${access.name.text}`;
  return known.test(name) && (access === undefined || rootOf(access.expression).kind !== ts.SyntaxKind.ThisKeyword);
}
