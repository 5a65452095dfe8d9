// Places of files, as editors take them. One whose file is gone meanwhile is left out.

import type { Location } from "vscode-languageserver/node";
import type { PlaceData } from "../protocol/worker";
import { type Located, rangeOf } from "./convert";
import type { FolderAnalysis } from "./folder-analysis";

export async function locationsOf({ publisher }: FolderAnalysis, places: readonly PlaceData[]): Promise<Location[]> {
  const texts = new Map<string, Located | undefined>();
  for (const { file } of places) if (!texts.has(file)) texts.set(file, await publisher.locate(file));
  return places.flatMap(({ file, span }) => {
    const text = texts.get(file);
    return text === undefined ? [] : [{ uri: text.uri, range: rangeOf(text.document, span) }];
  });
}
