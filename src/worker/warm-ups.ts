// A cached value put into the scheduled handler of its Worker, and the cron trigger that calls it into the wrangler file.

import { projectCode } from "../core/analysis/project-code";
import type { Snapshot } from "../core/analysis/snapshot";
import { knownCacheHelper } from "../core/caching/helper-file";
import { isOfHelper } from "../core/caching/purges";
import type { CachedValue } from "../core/host/served";
import { scheduledWarmUp } from "../core/host/rewrite/scheduled-warm-up";
import { warmedValue } from "../core/host/rewrite/warmed-value";
import type { TextEdit } from "../core/text/edit";
import type { Span } from "../core/text/span";
import type { Requests } from "../protocol/worker";
import { withCron, workerEntry } from "../workspace/cron-triggers";
import { dirOf, resolveFrom } from "../workspace/paths";
import type { FolderAtHand, OpenedFolder } from "./migration-requests";
import { wranglerFileFor } from "./helper-files";

type Proposed = Requests["warmUp"]["result"];

/** Values live up to a tenth less than their time. */
const SHORTEST_LIFE = 0.9;

/** Null where no value of the project's cache helper is asked for at the place. */
export function proposedWarmUp(folder: FolderAtHand, path: string, at: Span): Proposed {
  const opened = folder.opened();
  const { analysis, snapshot } = opened;
  if (snapshot.files.get(path)?.text.includes("queryCache") !== true) return null;
  const values = analysis.cacheMap(snapshot).values.map(({ value }) => value).filter(({ get }) => get.file === path && isOfHelper(get) && get.via.length === 0 && get.call.start <= at.start && at.end <= get.call.end);
  const value = values.sort((a, b) => b.get.call.start - a.get.call.start)[0];
  if (value === undefined) return null;
  const title = "Make this value before anyone asks, by a scheduled handler";
  const made = warmUpOf(opened, value);
  return typeof made === "string" ? { title, withheld: made } : { title, changes: made.map(({ file, edits }) => ({ kind: "edit", file, edits, version: folder.version(file) })) };
}

interface FileEdits {
  readonly file: string;
  readonly edits: readonly TextEdit[];
}

/** A text says why not. */
function warmUpOf({ snapshot, folder }: OpenedFolder, { get, ttl }: CachedValue): readonly FileEdits[] | string {
  const configuration = wranglerFileFor(get.file, snapshot);
  const worker = configuration === undefined ? undefined : workerEntry(folder, configuration);
  if (configuration === undefined || worker === undefined) return "no wrangler file says which Worker this is";
  if (worker.main === undefined) return worker.isPages ? "Pages Functions have no scheduled handlers: a Worker of its own can ask for this address by a cron trigger" : `\`${configuration.path}\` names no main file`;
  const files = projectCode(() => snapshot);
  const [code, main] = [files.file(get.file), files.file(worker.main)];
  const helper = knownCacheHelper(snapshot.files.values());
  if (code === undefined || helper === undefined) return "the file is not all code";
  if (main === undefined) return `the Worker's main file, \`${worker.main}\`, is not among the code`;
  if (typeof ttl !== "number") return "its time to live is not known";
  const value = warmedValue(code, get.name);
  if (typeof value === "string") return value;
  const everyMinutes = Math.max(1, Math.floor((ttl * SHORTEST_LIFE) / 60));
  const warmUp = scheduledWarmUp(main, { ...value, from: get.file, helper, everyMinutes, crons: worker.crons });
  if (typeof warmUp === "string") return warmUp;
  if (warmUp.wrapsApp && isImported(worker.main, snapshot)) return `other files import the app of \`${worker.main}\``;
  const triggers = warmUp.cron === undefined ? [] : withCron(configuration, warmUp.cron);
  if (triggers === undefined) return `\`${configuration.path}\` cannot be given the cron trigger \`${warmUp.cron}\``;
  const own = { file: get.file, edits: main === code ? [...value.edits, ...warmUp.edits] : value.edits };
  return [own, { file: worker.main, edits: main === code ? [] : warmUp.edits }, { file: configuration.path, edits: triggers }].filter(({ edits }) => edits.length > 0);
}

/** By its default export. */
function isImported(main: string, { code, files }: Snapshot): boolean {
  const bare = (path: string): string => path.replace(/\.[cm]?[jt]sx?$/, "").replace(/\/index$/, "");
  return code.some((path) => [...(files.get(path)?.text ?? "").matchAll(/\bimport\s+[\w$]+\s*(?:,[^;"']*)?from\s*["'](\.[^"']*)["']/g)].some(([, from]) => bare(resolveFrom("", dirOf(path), from!)) === bare(main)));
}
