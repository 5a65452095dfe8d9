// What one call is for in its turn, where it is not the work of the turn: asking whether to go on, telling how far it is,
// sending what several turns collected, noting how a long job went, looking for one thing in several places.

import { ts } from "./typescript";
import type { LoopUse, SqlTexts } from "./call-site";
import { elementName, type LoopNode } from "./loop-parts";
import type { Binding, Scopes } from "./scopes";
import { descendants, isFunctionNode, isSet, isWithin, leaves, spanOf, unwrap, unwrapAwait, wrapped } from "./syntax";

type Role = Pick<LoopUse, "shape" | "because">;

/** Two workers must not both have it: one statement, whose result says who got it. */
const claims = /^(?:claim|tryClaim|acquire|tryAcquire|lease|lock|tryLock|reserve|consume|tryConsume)(?![a-z])/;
const reports = /^(?:(?:update|report|save)(?:Job|Task|Run|Import|Export|Sync|Batch)?Progress|heart[bB]eat|send[hH]eart[bB]eat|keepAlive|saveCheckpoint|isCancell?ed|isAborted|shouldStop)$/;

/** `chain` is the whole expression that the call is part of. */
export function roleOf(loop: ts.Node, node: ts.Node, chain: ts.Node, scopes: Scopes): Role | undefined {
  const name = ts.isIdentifier(node) ? node.text : "";
  if (claims.test(name) || claimsByResult(chain, scopes) || isAfterClaim(loop, node, scopes)) return { shape: "sequential", because: "each turn claims its element for itself" };
  if (reports.test(name) || asksToStop(loop, chain, scopes)) return { shape: "sequential", because: "it watches over the loop" };
  if (sendsCollected(loop, chain)) return { shape: "chunked", because: "it sends what several turns collected" };
  if (endsWhenFound(loop, chain, scopes)) return { shape: "sequential", because: "it ends with the first that is found" };
  if (endsWhenFree(loop, chain, scopes)) return { shape: "sequential", because: "it ends with the first that is free" };
  return hasJobWithin(loop, node) ? { shape: "sequential", because: "each turn is a job of its own" } : undefined;
}

/** `const claimed = await ….run(); if (claimed.meta.changes === 0) continue;` */
function claimsByResult(chain: ts.Node, scopes: Scopes): boolean {
  const { parent } = chain;
  const binding = ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name) ? scopes.declared(parent.name) : undefined;
  return (binding?.references ?? []).some((reference) => {
    const { parent: access } = wrapped(reference);
    if (!ts.isPropertyAccessExpression(access) || access.name.text !== "meta") return false;
    let at: ts.Node = reference;
    while (at.parent !== undefined && !ts.isStatement(at.parent)) at = at.parent;
    return ts.isIfStatement(at.parent) && at.parent.expression === at && /\bchanges\b/.test(at.getText()) && skips(at.parent.thenStatement);
  });
}

/** What comes after `if (claimed.meta.changes === 0) continue;`, with an UPDATE before, is for the elements that this worker got. */
function isAfterClaim(loop: ts.Node, node: ts.Node, scopes: Scopes): boolean {
  for (const inner of descendants(loop)) {
    if (inner.pos >= node.pos) return false;
    if (ts.isIfStatement(inner) && inner.end <= node.pos && asksForChanges(inner.expression) && skips(inner.thenStatement) && isOfUpdate(inner.expression, scopes)) return true;
  }
  return false;
}

function isOfUpdate(condition: ts.Expression, scopes: Scopes): boolean {
  return descendants(condition).some((node) => {
    const made = ts.isIdentifier(node) ? scopes.binding(node)?.node : undefined;
    return made !== undefined && ts.isVariableDeclaration(made) && /["'`]\s*UPDATE\b/i.test(made.initializer?.getText() ?? "");
  });
}

/** A condition over `result.meta.changes`. */
export function asksForChanges(condition: ts.Expression): boolean {
  return /\bmeta\b[^]{0,4}\.changes\b/.test(condition.getText());
}

function skips(statement: ts.Statement): boolean {
  const last = ts.isBlock(statement) ? statement.statements.at(-1) : statement;
  return last !== undefined && ts.isContinueStatement(last);
}

/** `if (await isStopped(id)) return`, where nothing of it changes from turn to turn. */
function asksToStop(loop: ts.Node, chain: ts.Node, scopes: Scopes): boolean {
  let condition = chain;
  while (ts.isAwaitExpression(condition.parent) || ts.isPrefixUnaryExpression(condition.parent) || ts.isParenthesizedExpression(condition.parent)) condition = condition.parent;
  const { parent } = condition;
  if (!ts.isIfStatement(parent) || parent.expression !== condition || !leaves(parent.thenStatement)) return false;
  if (skips(parent.thenStatement)) return false;
  return !descendants(chain).some((inner) => isNameOf(inner, loop, scopes));
}

/** `if (pending.length >= size) await save(pending)`: the list is from outside of the turn. */
function sendsCollected(loop: ts.Node, chain: ts.Node): boolean {
  for (let at = chain; at.parent !== undefined && at !== loop && !isFunctionNode(at); at = at.parent) {
    const { parent } = at;
    if (!ts.isIfStatement(parent) || at === parent.expression) continue;
    const list = measured(parent.expression);
    if (list !== undefined && descendants(chain).some((node) => ts.isIdentifier(node) && node.text === list)) return true;
  }
  return false;
}

/** `if (found) return found`: the elements are places to look in. An answer that refuses what was found is of a check instead. */
function endsWhenFound(loop: ts.Node, chain: ts.Node, scopes: Scopes): boolean {
  const found = resultOf(chain, scopes);
  return (found?.references ?? []).some((reference) => {
    let condition: ts.Node = reference;
    while (condition.parent !== undefined && asksForIt(condition)) condition = condition.parent;
    const { parent } = condition;
    if (!ts.isIfStatement(parent) || parent.expression !== condition || !isOfTurn(parent, loop)) return false;
    const statements = ts.isBlock(parent.thenStatement) ? parent.thenStatement.statements : [parent.thenStatement];
    const last = statements.at(-1);
    if (last === undefined || refuses.test(parent.thenStatement.getText())) return false;
    const isUsed = (node: ts.Node): boolean => descendants(node).some((inner) => ts.isIdentifier(inner) && scopes.binding(inner) === found);
    if (ts.isReturnStatement(last)) return last.expression !== undefined && isUsed(last.expression);
    return ts.isBreakStatement(last) && (!isWithin(found!.node, loop) || statements.some(isUsed));
  });
}

/** `if (!taken) return name`, `if (!taken) { chosen = name; break; }`: the elements are names that are tried until nobody has one. Who has one is of no use. */
function endsWhenFree(loop: ts.Node, chain: ts.Node, scopes: Scopes): boolean {
  const element = elementName(loop as LoopNode);
  if (!/^[\w$]+$/.test(element)) return false;
  const found = resultOf(chain, scopes);
  return [chain, ...(found?.references ?? [])].some((asked) => {
    const free = whereNot(asked);
    const last = free !== undefined && ts.isBlock(free.thenStatement) ? free.thenStatement.statements.at(-1) : free?.thenStatement;
    if (free === undefined || last === undefined || !isOfTurn(free, loop)) return false;
    if (found?.references.some((other) => !isWithin(other, free.expression) && !isSet(other)) === true) return false;
    if (ts.isReturnStatement(last)) return last.expression?.getText() === element;
    return ts.isBreakStatement(last) && new RegExp(`=\\s*${element.replace(/\$/g, "\\$&")}\\s*;`).test(free.thenStatement.getText());
  });
}

/** The statement whose whole condition is that something is not there: `if (!asked)`, `if (asked === null)`. */
function whereNot(asked: ts.Node): ts.IfStatement | undefined {
  const outer = wrapped(asked);
  const { parent } = outer;
  const isNot = ts.isPrefixUnaryExpression(parent) && parent.operator === ts.SyntaxKind.ExclamationToken;
  const isNothing = ts.isBinaryExpression(parent) && parent.left === outer && /^===?$/.test(parent.operatorToken.getText()) && /^(?:null|undefined)$/.test(parent.right.getText());
  if (!isNot && !isNothing) return undefined;
  const condition = wrapped(parent);
  return ts.isIfStatement(condition.parent) && condition.parent.expression === condition ? condition.parent : undefined;
}

const refuses = /error|fail|conflict|invalid|denied|refuse|reject|\b4\d\d\b/i;

/** The variable that gets what is awaited. */
function resultOf(chain: ts.Node, scopes: Scopes): Binding | undefined {
  let value = chain;
  while (ts.isAwaitExpression(value.parent) || ts.isParenthesizedExpression(value.parent) || ts.isAsExpression(value.parent)) value = value.parent;
  const { parent } = value;
  if (ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name)) return scopes.declared(parent.name);
  return ts.isBinaryExpression(parent) && parent.right === value && isSet(parent.left) && ts.isIdentifier(parent.left) ? scopes.binding(parent.left) : undefined;
}

/** Its parent is true only where it is: `found.open`, `found && …`, `found !== null`. */
function asksForIt(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isParenthesizedExpression(parent) || ts.isPropertyAccessExpression(parent)) return true;
  if (!ts.isBinaryExpression(parent)) return false;
  if (parent.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken) return true;
  return parent.left === node && /^!==?$/.test(parent.operatorToken.getText()) && /^(?:null|undefined)$/.test(parent.right.getText());
}

/** A statement of the turn itself, and of no loop or function in it. */
function isOfTurn(statement: ts.Statement, loop: ts.Node): boolean {
  for (let at: ts.Node = statement.parent; at !== loop; at = at.parent) if (ts.isSourceFile(at) || isFunctionNode(at) || ts.isIterationStatement(at, false)) return false;
  return true;
}

/** `list` of `list.length >= size`. */
function measured(condition: ts.Expression): string | undefined {
  const inner = unwrap(condition);
  if (!ts.isBinaryExpression(inner)) return undefined;
  if (!/^(?:>=?|===?)$/.test(inner.operatorToken.getText()) || inner.right.getText() === "0") return undefined;
  const size = unwrap(inner.left);
  if (!ts.isPropertyAccessExpression(size) || !/^(?:length|size)$/.test(size.name.text)) return undefined;
  const list = unwrap(size.expression);
  return ts.isIdentifier(list) ? list.text : undefined;
}

/** The turn works through something without a known end, and the call stands beside that. */
function hasJobWithin(loop: ts.Node, node: ts.Node): boolean {
  for (const inner of descendants(loop)) {
    if (inner === loop || !(ts.isWhileStatement(inner) || ts.isDoStatement(inner) || (ts.isForOfStatement(inner) && inner.awaitModifier !== undefined))) continue;
    if (!isWithin(node, inner) && descendants(inner).some(ts.isAwaitExpression)) return true;
  }
  return false;
}

/** A statement for each of some tables: there are few, and no query reads them all. `innermost` is the loop around it. */
export function askingOwnTable(loop: LoopUse | undefined, { variants }: SqlTexts, innermost: ts.Node | undefined, scopes: Scopes): LoopUse | undefined {
  if (loop?.shape !== "per-element" || innermost === undefined || variants.length === 0) return loop;
  const changing = variants.every(({ text, holes, segments }) =>
    holes.some(({ kind, span }) => {
      if (kind !== "identifier" || !/\b(?:FROM|INTO|UPDATE|TABLE|JOIN)\s+["`[]?$/i.test(text.slice(0, span.start))) return false;
      const source = segments.find((segment) => segment.kind === "hole" && segment.sql.start === span.start)?.source;
      return source !== undefined && descendants(innermost).some((node) => isNameOf(node, innermost, scopes) && source.start <= spanOf(node).start && node.end <= source.end);
    }),
  );
  return changing ? { ...loop, shape: "bounded", because: "each turn asks a table of its own" } : loop;
}

/** `const db = env[tenant.binding]`: each turn asks another database, by something of its element. */
export function askingOwnDatabase(loop: LoopUse | undefined, receiver: ts.Expression, innermost: ts.Node | undefined, scopes: Scopes): LoopUse | undefined {
  if (loop?.shape !== "per-element" || innermost === undefined) return loop;
  const name = unwrapAwait(receiver);
  const made = ts.isIdentifier(name) ? scopes.binding(name)?.node : undefined;
  const value = made !== undefined && ts.isVariableDeclaration(made) && made.initializer !== undefined ? unwrapAwait(made.initializer) : name;
  if (!ts.isElementAccessExpression(value) || !descendants(value.argumentExpression).some((node) => isNameOf(node, innermost, scopes))) return loop;
  return { ...loop, shape: "bounded", because: "each turn asks a database of its own" };
}

/** A name that is declared within the loop. */
export function isNameOf(node: ts.Node, loop: ts.Node, scopes: Scopes): boolean {
  const home = ts.isIdentifier(node) ? scopes.binding(node)?.node : undefined;
  return home !== undefined && isWithin(home, loop);
}
