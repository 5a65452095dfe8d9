// The view "Recommendations": what to do next, what saves most first.

import type { OfFolder } from "../protocol/lsp";
import type { ListedRecommendation, RecommendationList } from "../protocol/report";
import { counted, joined, plainText, type ViewNode } from "./view-node";

export function recommendationNodes(folders: readonly OfFolder<RecommendationList>[]): readonly ViewNode[] {
  return folders.flatMap(({ folder, folderName, found }) => {
    const seen = new Map<string, number>();
    return found.recommendations.map((one): ViewNode => {
      const text = `${one.kind}/${one.file ?? ""}/${one.title}`;
      const at = seen.get(text) ?? 0;
      seen.set(text, at + 1);
      return recommendationNode(one, `${folder}#${text}/${at}`, folder, folders.length > 1 ? folderName : undefined);
    });
  });
}

export function recommendationSummary(folders: readonly OfFolder<RecommendationList>[]): string {
  const count = folders.reduce((sum, { found }) => sum + found.recommendations.length, 0);
  return count === 0 ? "" : counted(count, "thing to do", "things to do");
}

const icons: Readonly<Record<ListedRecommendation["kind"], string>> = { index: "list-tree", "n-plus-one": "sync", cache: "archive", "cache-key": "archive", "drop-index": "trash", query: "search" };

function recommendationNode({ kind, title, how, saved, file, line, basis }: ListedRecommendation, id: string, folder: string, folderName: string | undefined): ViewNode {
  const isPlaced = file !== undefined && line !== undefined;
  return {
    id,
    label: labelOf(kind, title),
    description: joined(saved === "" ? undefined : `saves ${saved}`, isPlaced ? `${file.slice(file.lastIndexOf("/") + 1)}:${line}` : undefined, folderName),
    tooltip: [`**${plainText(title.replaceAll("`", ""))}**`, plainText(how.replaceAll("`", "")), saved === "" ? "" : `Saves ${plainText(saved)}, ${basis === "recorded" ? "by what was recorded" : "by plans and table sizes"}`, isPlaced ? plainText(`${file}:${line}`) : ""].filter((part) => part !== "").join("\n\n"),
    icon: icons[kind],
    context: ["recommendation", kind, isPlaced ? "place" : ""].filter((word) => word !== "").join(" "),
    name: title,
    ...(isPlaced ? { place: { folder, file, line } } : {}),
  };
}

/** The table and the columns say more in a narrow view than the name that they make. */
function labelOf(kind: ListedRecommendation["kind"], title: string): string {
  const create = kind === "index" ? /CREATE (UNIQUE )?INDEX \S+ ON (.*?);?`?$/.exec(title) : null;
  return create === null ? title.replaceAll("`", "") : `Index ${create[1] === undefined ? "" : "unique "}${create[2]}`;
}
