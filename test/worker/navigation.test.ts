// Whatever is asked of names at any place of the sample: an answer, with ranges that lie in their files.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { SpanData } from "../../src/protocol/worker";
import { filesIn } from "../support/house";
import { closeWorkers, startWorker } from "./worker";

const sample = "test/workspaces/finance";
/** Reading a literal that no review knows reads its file anew, so that code is asked at some of its places. */
const everyInCode = 23;

describe("names at any place", () => {
  after(closeWorkers);

  it("are answered within the document", async () => {
    const { worker } = await startWorker();
    await worker.request("open", { folder: path.resolve(sample), overlays: [], quarantine: [] });
    await worker.request("review", null);
    const texts = new Map(filesIn(sample).map((file) => [file.slice(sample.length + 1), readFileSync(file, "utf8")]));
    const isInside = (file: string, { start, end }: SpanData): boolean => 0 <= start && start <= end && end <= (texts.get(file)?.length ?? -1);
    let found = 0;
    for (const [file, text] of texts) {
      if (!/\.(?:sql|[jt]s)$/.test(file)) continue;
      const at = { path: file, version: 0 };
      for (let offset = 0; offset <= text.length; offset += file.endsWith(".sql") ? 1 : everyInCode) {
        const definition = await worker.request("definition", { ...at, offset });
        const highlights = await worker.request("highlights", { ...at, offset });
        if (definition !== null) {
          found++;
          assert.ok(isInside(file, definition.origin) && definition.origin.start <= offset && offset <= definition.origin.end, `${file}:${offset}`);
          for (const place of definition.places) assert.ok(isInside(place.file, place.span), `${file}:${offset} -> ${place.file}`);
        }
        for (const { span } of highlights) assert.ok(isInside(file, span), `${file}:${offset}`);
      }
      if (!file.endsWith(".sql")) for (const { span } of await worker.request("tokens", at)) assert.ok(isInside(file, span), file);
      for (const span of await worker.request("folds", { ...at, text: file.endsWith(".sql") ? text : null })) assert.ok(isInside(file, span), file);
      for (const { span, nameSpan } of await worker.request("outline", { text })) assert.ok(isInside(file, span) && isInside(file, nameSpan), file);
    }
    assert.ok(found > 1000, `${found} names lead somewhere`);
  }).timeout(60_000);
});
