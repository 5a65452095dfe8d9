// `textDocument/completion` and `completionItem/resolve`: what can be written at a cursor in SQL. Outside of SQL nothing,
// since other languages have completions of their own.

import { type CompletionItem, CompletionItemKind, type CompletionList, type CompletionParams, InsertTextFormat, MarkupKind } from "vscode-languageserver/node";
import type { About, CompletionData, CompletionKind } from "../../protocol/language";
import { askText } from "../asked-text";
import { rangeOf } from "../convert";
import { describedText } from "../described-text";
import { uriOfPath } from "../places";
import type { Session } from "../server";

/** What may begin a name. Quotes begin the text itself, or a value. */
export const completionTriggers = [".", " ", "(", ",", "=", "`", '"', "'"];

interface ItemData {
  /** The uri of the workspace folder. */
  readonly folder: string;
  readonly database: string;
  readonly about: About;
}

export function complete(session: Session, asked: CompletionParams): Promise<CompletionList | null> {
  return askText<CompletionList | null>(session, asked, null, async ({ analysis, document, place }) => {
    const found = await analysis.ask("completion", place);
    if (!found) return null;
    // A blank or a comma alone asks for names: keywords would be accepted by the next line break.
    const isAside = asked.context?.triggerCharacter === " " || asked.context?.triggerCharacter === ",";
    if (isAside && found.items.every(({ kind }) => kind === "keyword")) return null;
    const range = rangeOf(document, found.span);
    const { labelDetails, snippets } = session.client;
    const items = found.items.map((item): CompletionItem => ({
      label: item.label,
      kind: kinds[item.kind],
      ...(item.detail === "" ? {} : labelDetails ? { labelDetails: { description: item.detail } } : { detail: item.detail }),
      sortText: item.rank.toFixed(4).padStart(8, "0"),
      ...(item.filter === undefined ? {} : { filterText: item.filter }),
      textEdit: { range, newText: snippets ? snippetOf(item) : item.newText },
      ...(snippets && item.cursor !== undefined ? { insertTextFormat: InsertTextFormat.Snippet } : {}),
      ...(item.about === undefined ? {} : { data: { folder: analysis.root.uri, database: found.database, about: item.about } satisfies ItemData }),
    }));
    return { isIncomplete: false, items };
  });
}

export async function resolveCompletion({ folders }: Session, item: CompletionItem): Promise<CompletionItem> {
  const data = item.data as ItemData | undefined;
  const analysis = data && folders.get(data.folder);
  const described = await analysis?.ask("about", { database: data!.database, about: data!.about });
  if (!described || analysis === undefined) return item;
  return { ...item, documentation: { kind: MarkupKind.Markdown, value: describedText(described, (file) => uriOfPath(analysis.root.path, file)) } };
}

/** Only an item that says where the cursor goes is a snippet; all others are written as they are. */
function snippetOf({ newText, cursor }: CompletionData): string {
  if (cursor === undefined) return newText;
  const escaped = (text: string): string => text.replace(/[\\$}]/g, "\\$&");
  return `${escaped(newText.slice(0, cursor))}$0${escaped(newText.slice(cursor))}`;
}

const kinds: Readonly<Record<CompletionKind, CompletionItemKind>> = {
  table: CompletionItemKind.Struct,
  view: CompletionItemKind.Interface,
  "common-table": CompletionItemKind.Struct,
  alias: CompletionItemKind.Variable,
  column: CompletionItemKind.Field,
  function: CompletionItemKind.Function,
  keyword: CompletionItemKind.Keyword,
  columns: CompletionItemKind.Snippet,
  join: CompletionItemKind.Snippet,
  value: CompletionItemKind.EnumMember,
  placeholder: CompletionItemKind.Value,
  pragma: CompletionItemKind.Property,
};
