// The requests about caches: what the code keeps, and the helpers that commands write into the project.

import { knownCacheHelper } from "../core/caching/helper-file";
import { cacheMarkdown } from "../core/report/cache-markdown";
import { cacheReport } from "../core/report/cache-report";
import { LineIndexes } from "../core/report/review-report";
import type { Requests } from "../protocol/worker";
import { Cancelled, UsageError } from "./errors";
import { proposedHelper } from "./helper-files";
import type { FolderAtHand } from "./migration-requests";
import { proposedWarmUp } from "./warm-ups";

export type CacheMethod = "cache" | "helperFile" | "warmUp";

export class CacheRequests {
  readonly #at: FolderAtHand;

  constructor(at: FolderAtHand) {
    this.#at = at;
  }

  async cache(): Promise<Requests["cache"]["result"]> {
    const { analysis, snapshot } = await this.#at.reviewed();
    const report = cacheReport(analysis.cacheMap(snapshot), new LineIndexes(snapshot), knownCacheHelper(snapshot.files.values()));
    return { report, markdown: cacheMarkdown(report) };
  }

  async helperFile({ kind }: Requests["helperFile"]["params"]): Promise<Requests["helperFile"]["result"]> {
    const { analysis, snapshot } = await this.#at.reviewed();
    const querying = snapshot.code.filter((path) => analysis.file(snapshot, path)?.review?.sites.some(({ status }) => status !== "foreign") === true);
    if (querying.length === 0) throw new UsageError("No query was found in the code of this folder: a helper would have nothing to help");
    return proposedHelper(kind, snapshot, querying);
  }

  warmUp({ path, version, span }: Requests["warmUp"]["params"]): Requests["warmUp"]["result"] {
    if (this.#at.version(path) !== version) throw new Cancelled();
    return proposedWarmUp(this.#at, path, span);
  }
}
