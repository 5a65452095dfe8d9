// The calls of a file that can lead to other code of the project, with their arguments, loops, and what becomes of
// their results. Calls of built-in methods and of the language itself are left out.

import { ts } from "./typescript";
import { boundValue } from "./bound-value";
import type { BoundValue, Interpolation } from "./call-site";
import { expand } from "./expand";
import { interpolations } from "./interpolation";
import type { CallNode } from "./declarations";
import { isNameOf } from "./loop-roles";
import type { ArgumentFacts, CallFacts, StatementFacts } from "./module-facts";
import type { Reading } from "./reading";
import { receiverText } from "./receivers";
import { chainOf, executions, loopOf } from "./statement-loops";
import { followStatement } from "./statement-flow";
import { descendants, elementMethods, isFunctionNode, isInCatch, isLeftAlone, isTransacted, methodOf, spanOf, unwrap, unwrapAwait } from "./syntax";
import type { TextValue } from "./text-value";

/** Methods of strings, arrays, maps, promises and responses that no project code is reached by. */
const builtIn = new Set(
  ("push pop shift unshift splice slice join concat includes indexOf lastIndexOf sort reverse keys values entries flat at fill toString toFixed trim trimStart " +
    "trimEnd toLowerCase toUpperCase split replace replaceAll startsWith endsWith padStart padEnd charAt charCodeAt codePointAt substring substr match matchAll test " +
    "localeCompare json text formData arrayBuffer then catch finally toISOString getTime toLocaleString toLocaleDateString getFullYear getMonth getDate " +
    "setDate setMonth stringify parse isArray hasOwnProperty bind apply repeat normalize querySelector addEventListener setHeader " +
    "preventDefault createElement useState useEffect log info debug floor ceil round random max min abs now").split(" "),
);
const globals = /^(?:console|JSON|Math|Object|Array|Number|String|Boolean|Date|Promise|Symbol|Reflect|Intl|crypto|document|window|React|performance|localStorage|process|Buffer|URL|z|expect|vi|jest)$/;

export function readCalls(reading: Reading): readonly CallFacts[] {
  return reading.declarations.calls.flatMap((call) => [...(callFacts(call, reading) ?? []), ...handedOn(call, reading)]);
}

export function argumentFacts(nodes: readonly ts.Expression[], reading: Reading): readonly ArgumentFacts[] {
  return nodes.map((node) => {
    const inner = ts.isSpreadElement(node) ? node.expression : node;
    const value = reading.flow.value(inner);
    return {
      span: spanOf(node),
      value,
      spread: ts.isSpreadElement(node),
      bound: boundValue(node, inner, reading),
      elements: elementsOf(inner, reading),
      interpolations: value.kind === "concat" ? interpolated(value, node, reading) : [],
    };
  });
}

function interpolated(value: TextValue, node: ts.Expression, reading: Reading): readonly Interpolation[] {
  const sql = expand(value, spanOf(node));
  return sql === "not-sql" ? [] : interpolations(sql, reading.file, reading);
}

function elementsOf(node: ts.Expression, reading: Reading): readonly BoundValue[] | undefined {
  const inner = unwrap(node);
  if (ts.isArrayLiteralExpression(inner) && inner.elements.every((element) => !ts.isSpreadElement(element))) {
    return inner.elements.map((element) => boundValue(element, element, reading));
  }
  return reading.constants.elements(inner)?.map((element) => boundValue(node, element, reading));
}

function callFacts(call: CallNode, reading: Reading): CallFacts[] | undefined {
  const callee = unwrap(ts.isTaggedTemplateExpression(call) ? call.tag : call.expression);
  const name = ts.isIdentifier(callee) ? callee : ts.isPropertyAccessExpression(callee) ? callee.name : undefined;
  if (name === undefined || isOfNoInterest(callee, call)) return undefined;
  const value = reading.flow.value(callee);
  if (isOfPlatform(value) || isOfDatabase(value)) return undefined;
  if (value.kind === "hole" && !(ts.isIdentifier(callee) && reading.scopes.binding(callee) === undefined)) return undefined;
  const loop = reading.loops.around(name, ts.isNewExpression(call) ? call : chainOf(call));
  return [
    {
      name: spanOf(name),
      call: spanOf(call),
      calleeName: name.text,
      receiver: ts.isPropertyAccessExpression(callee) ? receiverText(callee.expression) : "",
      inFunction: reading.declarations.functionAround(call),
      callee: value,
      isNew: ts.isNewExpression(call),
      isTag: ts.isTaggedTemplateExpression(call),
      arguments: ts.isTaggedTemplateExpression(call) ? tagArguments(call, reading) : argumentFacts(call.arguments ?? [], reading),
      loop,
      ofTurn: loop?.shape === "per-element" && ts.isCallExpression(call) ? argumentsOfTurn(call, reading) : [],
      inCatch: isInCatch(call),
      transacted: isTransacted(call),
      isLeftAlone: isLeftAlone(call),
      statement: ts.isNewExpression(call) ? undefined : statementFacts(call, name, reading),
      handedOn: false,
    },
  ];
}

function argumentsOfTurn(call: ts.CallExpression, { loops, scopes }: Reading): readonly number[] {
  const innermost = loops.innermost(call);
  if (innermost === undefined) return [];
  return call.arguments.flatMap((argument, i) => (descendants(argument).some((node) => isNameOf(node, innermost, scopes)) ? [i] : []));
}

function tagArguments(call: ts.TaggedTemplateExpression, reading: Reading): readonly ArgumentFacts[] {
  const { template } = call;
  const text: ArgumentFacts = { span: spanOf(template), value: reading.flow.taggedText(call), spread: false, bound: { span: spanOf(template), literal: undefined, kind: "unknown" }, elements: undefined, interpolations: [] };
  return [text, ...argumentFacts(ts.isTemplateExpression(template) ? template.templateSpans.map(({ expression }) => expression) : [], reading)];
}

function isOfNoInterest(callee: ts.Expression, call: CallNode): boolean {
  if (ts.isIdentifier(callee)) return globals.test(callee.text) || /^(?:fetch|require|parseInt|parseFloat|isNaN|set(?:Timeout|Interval)|clear(?:Timeout|Interval)|use[A-Z]\w*|structuredClone|(?:en|de)codeURIComponent|Error|Response|Request|Headers|Map|Set|WeakMap|\w*Error)$/.test(callee.text);
  if (!ts.isPropertyAccessExpression(callee)) return false;
  const handed = ts.isTaggedTemplateExpression(call) ? [] : (call.arguments ?? []);
  if (builtIn.has(callee.name.text) || (callee.name.text === "first" && handed.length === 0)) return true;
  const root = unwrapAwait(callee.expression);
  if (ts.isIdentifier(root) && globals.test(root.text)) return true;
  const [first] = handed;
  return elementMethods.has(callee.name.text) && first !== undefined && isFunctionNode(unwrap(first));
}

/** Functions of packages that know nothing of the project's databases. */
function isOfPlatform(value: TextValue): boolean {
  let at = value;
  while (at.kind === "reference" && (at.to.kind === "member" || at.to.kind === "call")) at = at.to.kind === "member" ? at.to.of : at.to.callee;
  return at.kind === "reference" && at.to.kind === "import" && /^(?:node:|react|vue|svelte|zod|hono|vitest|chai|mocha|@testing-library\/|@playwright\/|(?:fs|path|url|util|crypto|os|assert)$)/.test(at.to.specifier);
}

/** A method of a binding. */
function isOfDatabase(value: TextValue): boolean {
  return value.kind === "reference" && value.to.kind === "member" && value.to.of.kind === "reference" && (value.to.of.to.kind === "binding" || value.to.of.to.kind === "durable-storage");
}

/** What becomes of a result that is run, collected or handed on as a statement would be. */
function statementFacts(call: ts.Expression, name: ts.Node, reading: Reading): StatementFacts | undefined {
  const use = followStatement(call, reading.scopes);
  if (use.runs.length === 0 && use.binds.length === 0 && !use.collected && !use.returned) return undefined;
  return { executions: executions(use, call, reading), loop: loopOf(name, call, use, reading), returned: use.returned };
}

/** Functions that are handed to a call by their names: `rows.map(save)`, `retry(save)`. */
function handedOn(call: CallNode, reading: Reading): CallFacts[] {
  if (ts.isTaggedTemplateExpression(call)) return [];
  return (call.arguments ?? []).flatMap((argument, i): CallFacts[] => {
    const inner = unwrap(argument);
    const named = ts.isIdentifier(inner) ? inner : ts.isPropertyAccessExpression(inner) ? inner.name : undefined;
    if (named === undefined) return [];
    const value = reading.flow.value(inner);
    if (!isCallable(value)) return [];
    const method = ts.isCallExpression(call) ? methodOf(call) : undefined;
    const perElement = i === 0 && method !== undefined && elementMethods.has(method.name.text);
    return [
      {
        name: spanOf(named),
        call: spanOf(inner),
        calleeName: named.text,
        receiver: "",
        inFunction: reading.declarations.functionAround(call),
        callee: value,
        isNew: false,
        isTag: false,
        arguments: [],
        ofTurn: [],
        loop: perElement ? reading.loops.handedOver(call as ts.CallExpression) : reading.loops.around(named, call),
        inCatch: isInCatch(call),
        transacted: isTransacted(call),
        isLeftAlone: false,
        statement: undefined,
        handedOn: true,
      },
    ];
  });
}

/** What can be a function of the project: not a value of the code around. */
function isCallable(value: TextValue): boolean {
  if (value.kind !== "reference") return false;
  switch (value.to.kind) {
    case "function":
    case "import":
      return true;
    case "member":
      return value.to.of.kind === "reference" && (value.to.of.to.kind === "this" || value.to.of.to.kind === "import" || value.to.of.to.kind === "new");
    default:
      return false;
  }
}
