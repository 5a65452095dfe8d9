// What the commands that create helpers write: the helper's file, and the KV namespace that its cache needs.

import type { Snapshot } from "../core/analysis/snapshot";
import { helperFile, knownCacheHelper, ownCache } from "../core/caching/helper-file";
import type { SourceFile } from "../core/schema/sources";
import { cacheHelper, telemetryHelper } from "../helpers/index";
import type { Requests } from "../protocol/worker";
import { isWranglerFile } from "../workspace/discover";
import { kvBindings, withKvBinding } from "../workspace/kv-namespaces";
import { dirOf, nameOf, within } from "../workspace/paths";

type Proposed = Requests["helperFile"]["result"];

/** `querying` are the files that send queries. */
export function proposedHelper(kind: "cache" | "telemetry", snapshot: Snapshot, querying: readonly string[]): Proposed {
  const project = { code: snapshot.code, querying };
  if (kind === "telemetry") {
    const file = helperFile(project, telemetryHelper);
    return { ...file, exists: snapshot.files.has(file.path), namespace: undefined };
  }
  const known = knownCacheHelper(snapshot.files.values());
  const { style = "kv", binding } = snapshot.settings.caching;
  const configuration = wranglerFileFor(helperFile(project, cacheHelper).path, snapshot);
  const declared = configuration === undefined ? [] : kvBindings(configuration);
  const chosen = binding ?? declared.find((one) => /cache/i.test(one)) ?? "CACHE";
  const file = helperFile(project, cacheHelper, (isTypeScript) => ownCache(style, chosen, isTypeScript));
  const namespace = style !== "kv" || declared.includes(chosen) ? undefined : { binding: chosen, ...declaration(configuration, chosen) };
  return { path: known ?? file.path, text: file.text, exists: known !== undefined || snapshot.files.has(file.path), namespace };
}

/** The wrangler file of the folder that is nearest around a path. */
export function wranglerFileFor(path: string, { files }: Snapshot): SourceFile | undefined {
  const all = [...files.values()].filter((file) => isWranglerFile(file.path) && /\.(?:toml|jsonc?)$/.test(file.path));
  const around = all.filter((file) => dirOf(file.path) === "" || within(dirOf(file.path), path));
  return around.sort((a, b) => dirOf(b.path).length - dirOf(a.path).length || nameOf(a.path).length - nameOf(b.path).length)[0];
}

function declaration(configuration: SourceFile | undefined, binding: string): Pick<NonNullable<Proposed["namespace"]>, "file" | "version" | "edits"> {
  const edits = configuration === undefined ? undefined : withKvBinding(configuration, binding);
  return edits === undefined ? { file: undefined, version: 0, edits: [] } : { file: configuration!.path, version: configuration!.version, edits };
}
