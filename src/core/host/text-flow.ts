// From an expression to the SQL texts that it can be: literals, templates, concatenations, constants, variables
// that grow under conditions. What is not known becomes a hole with the reason.

import { ts } from "./typescript";
import { AssignedText, isFilledList } from "./assigned-text";
import type { SqlTexts } from "./call-site";
import type { Constants } from "./constants";
import type { Declarations } from "./declarations";
import { expand } from "./expand";
import { comma, ListText, unknownElements } from "./list-text";
import { literalPieces } from "./literal";
import { placeholderList } from "./placeholder-list";
import { ReferenceFlow } from "./reference-flow";
import type { Binding, Scopes } from "./scopes";
import { methodOf, spanOf, unwrap, unwrapAwait } from "./syntax";
import { hole, inExpression, keyOf, number } from "./text-parts";
import { concat, decided, emptyText, noLonger, type TextValue } from "./text-value";

/** A variable in the middle of being assigned: what it holds so far. */
export interface Prior {
  readonly binding: Binding;
  readonly value: TextValue;
}

const notFollowed = "the text comes from an expression that is not followed";

export class TextFlow {
  readonly #file: ts.SourceFile;
  readonly #scopes: Scopes;
  readonly #constants: Constants;
  readonly #assigned: AssignedText;
  readonly references: ReferenceFlow;
  readonly lists: ListText;
  readonly #known = new Map<ts.Node, TextValue>();
  readonly #values = new Map<ts.Node, TextValue>();
  readonly #running = new Set<ts.Node>();

  constructor(file: ts.SourceFile, scopes: Scopes, constants: Constants, declarations: Declarations) {
    this.#file = file;
    this.#scopes = scopes;
    this.#constants = constants;
    this.#assigned = new AssignedText(this);
    this.lists = new ListText(this, scopes, constants);
    this.references = new ReferenceFlow(this, scopes, declarations);
  }

  /** The SQL texts of an argument; `not-sql` where it is known and is no SQL. */
  texts(argument: ts.Expression): SqlTexts | "not-sql" {
    return expand(this.value(argument), spanOf(argument));
  }

  /** What a variable holds that its declaration alone does not tell. */
  named(name: ts.Identifier): TextValue {
    return this.references.of(name, `\`${name.text}\` is assigned in ways that are not followed`);
  }

  value(node: ts.Expression, prior?: Prior): TextValue {
    const inner = unwrapAwait(node);
    if (ts.isStringLiteral(inner)) return this.#literal(inner, this.#quoteOf(inner));
    if (ts.isNoSubstitutionTemplateLiteral(inner)) return inExpression(this.#literal(inner, "`"), spanOf(inner));
    if (ts.isTemplateExpression(inner)) return this.#template(inner, "`", prior);
    if (ts.isTaggedTemplateExpression(inner)) return this.#tagged(inner, prior);
    if (ts.isNumericLiteral(inner)) return number(inner, this.#file);
    if (ts.isBinaryExpression(inner)) return this.#binary(inner, prior);
    if (ts.isConditionalExpression(inner)) return this.#conditional(inner, prior);
    if (ts.isIdentifier(inner)) return this.#identifier(inner, prior);
    if (ts.isPropertyAccessExpression(inner) || ts.isElementAccessExpression(inner)) return this.#sourcesOf(inner);
    if (ts.isCallExpression(inner)) return prior === undefined ? this.#kept(inner, () => this.#call(inner, undefined)) : this.#call(inner, prior);
    if (ts.isArrayLiteralExpression(inner)) return this.#list(inner, prior);
    return this.#kept(inner, () => this.references.of(inner, notFollowed));
  }

  #list(node: ts.ArrayLiteralExpression, prior: Prior | undefined): TextValue {
    const of = this.lists.elements(node, prior) ?? emptyText;
    const spreads = node.elements.filter(ts.isSpreadElement).map(({ expression }) => this.value(expression, prior));
    return { kind: "list", of, written: { own: node.elements.length - spreads.length, spreads } };
  }

  #quoteOf(node: ts.StringLiteral): "'" | '"' {
    return this.#file.text[node.getStart(this.#file)] === "'" ? "'" : '"';
  }

  #literal(node: ts.LiteralLikeNode, quote: "'" | '"' | "`" | "raw"): TextValue {
    const start = node.getStart(this.#file) + 1;
    // While it is typed, the closing quote may be missing.
    const end = Math.max(start, node.end - (node.isUnterminated === true ? 0 : 1));
    return this.#pieces(node, start, end, quote);
  }

  #pieces(node: ts.Node, start: number, end: number, quote: "'" | '"' | "`" | "raw"): TextValue {
    const pieces = literalPieces(this.#file.text, start, end, quote);
    return pieces === undefined ? hole(node, "the literal holds an invalid escape") : { kind: "literal", pieces };
  }

  #template(node: ts.TemplateExpression, quote: "`" | "raw", prior: Prior | undefined): TextValue {
    const parts: TextValue[] = [this.#templatePart(node.head, 2, quote)];
    for (const { expression, literal } of node.templateSpans) {
      parts.push(this.value(expression, prior), this.#templatePart(literal, literal.kind === ts.SyntaxKind.TemplateTail ? 1 : 2, quote));
    }
    return inExpression(concat(...parts), spanOf(node));
  }

  #templatePart(node: ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail, closing: number, quote: "`" | "raw"): TextValue {
    const start = node.getStart(this.#file) + 1;
    const end = Math.max(start, node.end - (node.isUnterminated === true ? 0 : closing));
    return this.#pieces(node, start, end, quote);
  }

  #tagged(node: ts.TaggedTemplateExpression, prior: Prior | undefined): TextValue {
    if (node.tag.getText() !== "String.raw") return hole(node, "the template has a tag");
    if (ts.isTemplateExpression(node.template)) return this.#template(node.template, "raw", prior);
    return inExpression(this.#literal(node.template, "raw"), spanOf(node));
  }

  /** What a tag is given: its values are bound, or are templates of the same tag. */
  taggedText(node: ts.TaggedTemplateExpression): TextValue {
    const { template, tag } = node;
    if (!ts.isTemplateExpression(template)) return inExpression(this.#literal(template, "`"), spanOf(template));
    const parts: TextValue[] = [this.#templatePart(template.head, 2, "`")];
    for (const { expression, literal } of template.templateSpans) {
      parts.push(this.#tagPart(expression, tag.getText()), this.#templatePart(literal, literal.kind === ts.SyntaxKind.TemplateTail ? 1 : 2, "`"));
    }
    return inExpression(concat(...parts), spanOf(template));
  }

  /** A template of the same tag is a part of the text; anything else is a value. */
  #tagPart(expression: ts.Expression, tag: string): TextValue {
    const inner = unwrap(expression);
    if (ts.isTaggedTemplateExpression(inner) && inner.tag.getText() === tag) return this.taggedText(inner);
    if (!ts.isConditionalExpression(inner)) return hole(expression, "the tag decides what stands there");
    const { decision, negated } = this.lists.decisionOf(inner.condition);
    const options = [this.#tagPart(inner.whenTrue, tag), this.#tagPart(inner.whenFalse, tag)];
    if (options.every(({ kind }) => kind === "hole")) return hole(expression, "the tag decides what stands there");
    return decided(decision, negated ? options.reverse() : options);
  }

  #binary(node: ts.BinaryExpression, prior: Prior | undefined): TextValue {
    switch (node.operatorToken.kind) {
      case ts.SyntaxKind.PlusToken:
        return this.#sum(node, prior);
      case ts.SyntaxKind.BarBarToken:
      case ts.SyntaxKind.QuestionQuestionToken:
        return { kind: "choice", choice: keyOf(node).key, options: [this.value(node.left, prior), this.value(node.right, prior)] };
      case ts.SyntaxKind.AsteriskToken:
      case ts.SyntaxKind.SlashToken: {
        const amount = amountOf(node, this.#constants);
        return amount === undefined ? hole(node, notFollowed) : { kind: "hole", source: spanOf(node), as: undefined, why: notFollowed, amount };
      }
      default:
        return this.references.of(node, notFollowed);
    }
  }

  /** Concatenations lean to the left, thousands deep in generated code: no recursion along them. */
  #sum(node: ts.BinaryExpression, prior: Prior | undefined): TextValue {
    const parts: TextValue[] = [];
    let at: ts.Expression = node;
    while (ts.isBinaryExpression(at) && at.operatorToken.kind === ts.SyntaxKind.PlusToken) {
      parts.push(this.value(at.right, prior));
      at = at.left;
    }
    parts.push(this.value(at, prior));
    return inExpression(concat(...parts.reverse()), spanOf(node));
  }

  #conditional(node: ts.ConditionalExpression, prior: Prior | undefined): TextValue {
    const { decision, negated } = this.lists.decisionOf(node.condition);
    const options = [this.value(node.whenTrue, prior), this.value(node.whenFalse, prior)];
    return decided(decision, negated ? options.reverse() : options);
  }

  #identifier(node: ts.Identifier, prior: Prior | undefined): TextValue {
    const binding = this.#scopes.binding(node);
    if (binding === undefined) return hole(node, `\`${node.text}\` is not declared in this file`);
    if (binding === prior?.binding) return prior.value;
    if (binding.writes.length === 0 && !isFilledList(binding)) return this.#sourcesOf(node);
    const { node: declaration } = binding;
    const assigned = `\`${node.text}\` is assigned in ways that are not followed`;
    if (binding.redeclared || !(ts.isVariableDeclaration(declaration) || ts.isParameter(declaration))) return hole(node, assigned);
    return this.#once(node, () => {
      const value = this.#assigned.at(binding, declaration, node);
      return value.kind === "hole" || value.kind === "unset" ? this.references.of(node, value.kind === "hole" ? value.why : "the text is set nowhere") : value;
    });
  }

  /** Members of the same row of a table of constants (`row.table`, `row.key`) are chosen together. */
  #rowKey(node: ts.Expression): string {
    const inner = unwrapAwait(node);
    if (ts.isPropertyAccessExpression(inner)) return this.#rowKey(inner.expression);
    const binding = ts.isIdentifier(inner) ? this.#scopes.binding(inner) : undefined;
    if (binding === undefined) return keyOf(inner).key;
    const declared = ts.isBindingElement(binding.node) ? binding.node.parent : binding.node;
    return `row at ${declared.pos}`;
  }

  #sourcesOf(node: ts.Expression): TextValue {
    return this.#once(node, () => {
      // A class that extends this one may set the field to something else.
      const sources = ofThis(node) ? undefined : this.#constants.sources(node);
      const [first] = sources ?? [];
      if (sources === undefined || first === undefined || first === node) return this.references.of(node, this.#whyUnknown(node));
      const values = sources.map((source) => this.#once(source, () => this.value(source)));
      // A hole stands where the text is used, not where the unknown value was made.
      const placed = values.map((value) => (value.kind === "hole" || value.kind === "reference" ? { ...value, source: spanOf(node) } : value));
      return placed.length === 1 ? placed[0]! : { kind: "choice", choice: this.#rowKey(node), options: placed };
    });
  }

  #whyUnknown(node: ts.Expression): string {
    const binding = ts.isIdentifier(node) ? this.#scopes.binding(node) : undefined;
    if (binding === undefined) return `\`${node.getText().slice(0, 60)}\` is not a constant of this file`;
    if (ts.isParameter(binding.node)) return `\`${binding.name}\` is a parameter`;
    if (ts.isImportSpecifier(binding.node) || ts.isImportClause(binding.node)) return `\`${binding.name}\` comes from another module`;
    return `\`${binding.name}\` is not a constant of this file`;
  }

  #once(node: ts.Node, evaluate: () => TextValue): TextValue {
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    if (this.#running.has(node)) return hole(node, "the text is made of itself");
    this.#running.add(node);
    const value = evaluate();
    this.#running.delete(node);
    this.#known.set(node, value);
    return value;
  }

  /** Calls and objects are asked for by themselves, and as parts of others. */
  #kept(node: ts.Node, evaluate: () => TextValue): TextValue {
    const known = this.#values.get(node);
    if (known !== undefined) return known;
    const value = evaluate();
    this.#values.set(node, value);
    return value;
  }

  #call(node: ts.CallExpression, prior: Prior | undefined): TextValue {
    const listed = placeholderList(node);
    if (listed !== undefined) return { kind: "hole", source: spanOf(node), as: listed, why: "the length of the list is not known" };
    const method = methodOf(node);
    const [first] = node.arguments;
    const list = method === undefined ? undefined : this.lists.madeBy(node, method.name.text, prior);
    if (list !== undefined && method !== undefined) return noLonger.test(method.name.text) ? { kind: "list", of: list, written: { own: 0, spreads: [this.value(method.expression, prior)] } } : { kind: "list", of: list };
    const followed = method === undefined ? undefined : this.#method(method.name.text, method.expression, node.arguments, prior);
    if (followed !== undefined) return followed;
    if (first !== undefined && /^Object\.freeze$/.test(node.expression.getText())) return this.value(first, prior);
    if (ts.isIdentifier(node.expression) && node.expression.text === "String" && first !== undefined) return this.value(first, prior);
    return this.references.of(node, `\`${node.expression.getText().replace(/\s+/g, " ").slice(0, 60)}(…)\` is not followed`);
  }

  #method(name: string, receiver: ts.Expression, args: readonly ts.Expression[], prior: Prior | undefined): TextValue | undefined {
    switch (name) {
      case "trim":
      case "trimStart":
      case "trimEnd":
        return { kind: "trimmed", of: this.value(receiver, prior), start: name !== "trimEnd", end: name !== "trimStart" };
      case "toString":
      // Neither names nor keywords of SQL know cases.
      case "toLowerCase":
      case "toUpperCase":
        return this.value(receiver, prior);
      case "concat":
        return concat(this.value(receiver, prior), ...args.map((argument) => this.value(argument, prior)));
      case "replace":
      case "replaceAll":
        return this.#replaced(name === "replace" ? "first" : "all", receiver, args, prior);
      case "join":
        return this.#joined(receiver, args[0], prior);
      default:
        return undefined;
    }
  }

  #replaced(every: "first" | "all", receiver: ts.Expression, args: readonly ts.Expression[], prior: Prior | undefined): TextValue | undefined {
    const [search, by] = args;
    if (search === undefined || by === undefined) return undefined;
    // White space between words means nothing to SQL, so the text before it was squeezed serves as well.
    if (/^\/(?:\\s|\\n|\s|\[\\s\\n\])[+*]?\/g?$/.test(search.getText())) return this.value(receiver, prior);
    if (!ts.isStringLiteralLike(search) || ts.isArrowFunction(by)) return undefined;
    return { kind: "replaced", of: this.value(receiver, prior), search: search.text, by: this.value(by, prior), every };
  }

  #joined(array: ts.Expression, separator: ts.Expression | undefined, prior: Prior | undefined): TextValue {
    const of = this.lists.elements(array, prior) ?? unknownElements(array.parent.parent);
    return { kind: "joined", of, separator: separator === undefined ? comma : this.value(separator) };
  }
}

/** `60 * 60 * HOURS`. */
function amountOf(node: ts.Expression, constants: Constants, depth = 0): number | undefined {
  const inner = unwrap(node);
  if (ts.isNumericLiteral(inner)) return Number(inner.text.replaceAll("_", ""));
  if (depth > 8) return undefined;
  if (!ts.isBinaryExpression(inner)) {
    const sources = ts.isIdentifier(inner) || ts.isPropertyAccessExpression(inner) ? constants.sources(inner) : undefined;
    const [only] = sources ?? [];
    return only === undefined || sources?.length !== 1 || only === inner ? undefined : amountOf(only, constants, depth + 1);
  }
  const operator = inner.operatorToken.kind;
  if (operator !== ts.SyntaxKind.AsteriskToken && operator !== ts.SyntaxKind.SlashToken) return undefined;
  const [left, right] = [amountOf(inner.left, constants, depth + 1), amountOf(inner.right, constants, depth + 1)];
  if (left === undefined || right === undefined) return undefined;
  return operator === ts.SyntaxKind.AsteriskToken ? left * right : left / right;
}

function ofThis(node: ts.Expression): boolean {
  return ts.isPropertyAccessExpression(node) && node.expression.kind === ts.SyntaxKind.ThisKeyword;
}
