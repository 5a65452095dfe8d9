// `textDocument/semanticTokens`: the words of SQL in code that the TextMate grammar cannot know. Outside of SQL there are none,
// so that those of the language's own server are not touched.

import { type Range, type SemanticTokens, SemanticTokensBuilder, type SemanticTokensDelta, type SemanticTokensLegend, type SemanticTokensOptions } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Requests } from "../../protocol/worker";
import { isCode } from "../../workspace/discover";
import { askDocument } from "../asked-document";
import { rangeOf, spanOf } from "../convert";
import type { Session } from "../server";

type Token = Requests["tokens"]["result"][number];

const types: readonly Token["type"][] = ["keyword", "string", "number", "operator", "comment", "parameter", "class", "property", "variable", "function"];
const legend: SemanticTokensLegend = { tokenTypes: [...types], tokenModifiers: [] };

export const semanticTokens: SemanticTokensOptions = { legend, full: { delta: true }, range: true };

/** Keeps what each document was last told, for the next difference. */
export class SemanticTokensHandler {
  readonly #session: Session;
  readonly #told = new Map<string, SemanticTokensBuilder>();

  constructor(session: Session) {
    this.#session = session;
    session.documents.onDidClose(({ document }) => this.#told.delete(document.uri));
  }

  async full(uri: string): Promise<SemanticTokens> {
    const found = await this.#tokens(uri);
    const builder = this.#builderOf(uri);
    if (builder.id !== "") builder.previousResult(builder.id);
    push(builder, found);
    return builder.build();
  }

  async delta(uri: string, previous: string): Promise<SemanticTokens | SemanticTokensDelta> {
    const found = await this.#tokens(uri);
    const builder = this.#builderOf(uri);
    builder.previousResult(previous);
    push(builder, found);
    return builder.buildEdits();
  }

  async range(uri: string, range: Range): Promise<SemanticTokens> {
    const { tokens, document } = await this.#tokens(uri);
    const builder = new SemanticTokensBuilder();
    if (document === undefined) return builder.build();
    const wanted = spanOf(document, range);
    push(builder, { document, tokens: tokens.filter(({ span }) => span.start <= wanted.end && wanted.start <= span.end) });
    return builder.build();
  }

  #builderOf(uri: string): SemanticTokensBuilder {
    const builder = this.#told.get(uri) ?? new SemanticTokensBuilder();
    this.#told.set(uri, builder);
    return builder;
  }

  #tokens(uri: string): Promise<Found> {
    return askDocument<Found>(this.#session, uri, { document: undefined, tokens: [] }, async ({ analysis, path, document, revision }) => {
      const tokens = isCode(path) ? await analysis.ask("tokens", { path, version: revision }) : [];
      return { document, tokens: tokens ?? [] };
    });
  }
}

interface Found {
  readonly document: TextDocument | undefined;
  readonly tokens: readonly Token[];
}

/** A token stands on one line. */
function push(builder: SemanticTokensBuilder, { document, tokens }: Found): void {
  if (document === undefined) return;
  for (const { span, type } of tokens) {
    const { start, end } = rangeOf(document, span);
    for (let line = start.line; line <= end.line; line++) {
      const from = line === start.line ? start.character : 0;
      const to = line === end.line ? end.character : lineLength(document, line);
      if (to > from) builder.push(line, from, to - from, types.indexOf(type), 0);
    }
  }
}

function lineLength(document: TextDocument, line: number): number {
  return document.getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } }).replace(/[\r\n]+$/, "").length;
}
