// `plumbline/explain`: the plan of the selected SQL, or of the statement at the cursor.

import type { ExplainReport } from "../../protocol/report";
import type { OwnRequests } from "../../protocol/lsp";
import { isSql } from "../../workspace/discover";
import { contentModified } from "../answers";
import { offsetOf, withoutMark } from "../convert";
import type { Session } from "../server";

export async function explain({ folders }: Session, { uri, range, set }: OwnRequests["explain"]["params"]): Promise<ExplainReport | null> {
  const place = folders.at(uri);
  const document = place?.analysis.documents.get(place.path);
  if (place === undefined || document === undefined) return null;
  const { analysis, path } = place;
  await analysis.documents.settled(path);
  const more = set === true ? { set } : {};
  const selected = document.getText(range).trim();
  if (selected !== "") return (await analysis.ask("explain", { sql: selected, database: undefined, ...more })) ?? null;
  const version = analysis.documents.revision(path);
  if (version === undefined) throw contentModified();
  const text = isSql(path) ? withoutMark(document.getText()) : null;
  const statement = await analysis.ask("statementAt", { path, version, offset: offsetOf(document, range.start), text });
  return (statement && (await analysis.ask("explain", { ...statement, ...more }))) ?? null;
}
