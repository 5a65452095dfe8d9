// The files of one opened folder as the analysis takes them: a frozen snapshot, kept up to date as documents are typed
// in and files come and go. It must not know what the analysis makes of them.

import type { Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import picomatch from "picomatch";
import type { AppliedMemory, LocalStatistics, ProjectProblem, Snapshot } from "../core/analysis/snapshot";
import type { Engine } from "../core/schema/engine";
import { filesOf, type DatabaseSource, type SourceFile } from "../core/schema/sources";
import { appliedOf, remember } from "./applied";
import { findDatabases } from "./databases";
import { discover, isCode, isConfiguration, isModuleConfiguration, isSql, isWranglerFile, settingsFile, type Progress, type Tree } from "./discover";
import { isSkippedFolder } from "./ignored";
import { LocalMeasurements } from "./local-statistics";
import { compareText, dirOf, join, nameOf, tidyPath, within } from "./paths";
import { checkRuleIds, readSettings, type ReadSettings } from "./settings";
import { Texts } from "./texts";
import { maxConfigurationBytes, maxSqlBytes, type FolderView, type Listing } from "./view";

/** Larger code is generated, and no one reads a finding in it. */
const maxCodeBytes = 4 * 1024 * 1024;

const MEASURE_EVERY_MS = 5_000;

export type Project = Snapshot;

/** Reads a folder once, as it stands on disk. A folder that is missing is an empty project. */
export async function readProject(folder: string, onProgress?: Progress): Promise<Project> {
  const files = new ProjectFiles(folder, onProgress);
  await files.open();
  return files.snapshot();
}

/**
 * The state of one folder. Calls that change it run one after the other; `snapshot()` gives the state after the last
 * one that finished, and the same object as long as nothing changed.
 */
export class ProjectFiles {
  readonly #folder: string;
  readonly #onProgress: Progress | undefined;
  readonly #rules: readonly string[] | undefined;
  readonly #texts: Texts;
  #tree: Tree = { files: new Set(), admits: () => false };
  /** Folders as they were last listed; emptied whenever files come or go. */
  readonly #listings = new Map<string, Promise<Listing | undefined>>();
  #settings: ReadSettings = readSettings(undefined);
  #isReviewed: (file: string) => boolean = () => true;
  #databases: readonly DatabaseSource[] = [];
  #problems: readonly ProjectProblem[] = [];
  #snapshot: Snapshot = emptySnapshot();
  readonly #local: LocalMeasurements | undefined;
  #statistics: LocalStatistics | undefined;
  #memory: AppliedMemory = {};
  #applied: Snapshot["applied"];
  #traffic: Snapshot["traffic"];
  #lastMeasured = 0;
  #isOpen = false;
  #last: Promise<void> = Promise.resolve();

  /**
   * `folder` is absolute. `onProgress` hears of long walks. `rules` are the ids that `plumbline.json` may name. With an
   * engine, the local D1 databases are measured.
   */
  constructor(folder: string, onProgress?: Progress, rules?: readonly string[], engine?: Engine) {
    this.#rules = rules;
    this.#folder = path.resolve(folder);
    this.#onProgress = onProgress;
    this.#texts = new Texts(this.#folder);
    this.#local = engine && new LocalMeasurements(this.#folder, engine);
  }

  /** Walks the folder and reads everything. Overlays that were set before count, and so does what an earlier session knew of migrations. */
  async open(memory: AppliedMemory = {}): Promise<void> {
    this.#memory = memory;
    await this.#queue(async () => {
      this.#isOpen = true;
      await this.#walk();
    });
    await this.#measure();
  }

  /** What is to be kept for the next session; the same object as long as nothing changed. */
  get memory(): AppliedMemory {
    return this.#memory;
  }

  /** Looks at the local databases again, but not more often than every few seconds. */
  async remeasured(): Promise<void> {
    if (Date.now() - this.#lastMeasured >= MEASURE_EVERY_MS) await this.#measure();
  }

  /** Recorded traffic, as it is known from now on. */
  record(traffic: Snapshot["traffic"]): void {
    this.#traffic = traffic;
    if (this.#isOpen) this.#publish(this.#snapshot.files, this.#snapshot.code);
  }

  /** A document is open in an editor with this text, or was closed (`null`). */
  overlay(file: string, text: string | null, version: number): Promise<void> {
    return this.#queue(async () => {
      const name = tidyPath(file);
      const wasKnown = this.#isKnown(name);
      if (text === null) this.#texts.closeOverlay(name);
      else this.#texts.overlay(name, text, version);
      if (!this.#isOpen) return;
      if (name === settingsFile || isWranglerFile(name) || wasKnown !== this.#isKnown(name)) await this.#resolve();
      else await this.#refresh([name]);
    });
  }

  /** Files or folders were made, changed or deleted on disk. */
  async changed(files: readonly string[]): Promise<void> {
    await this.#queue(async () => {
      let mustWalk = false;
      let mustResolve = false;
      const touched: string[] = [];
      for (const name of new Set(files.map(tidyPath))) {
        this.#texts.forget(name);
        await this.#followDocuments(name);
        const kind = await this.#classify(name);
        if (kind === "structure") mustWalk = true;
        if (kind === "text" && isSql(name)) mustResolve = true;
        if (kind === "text") touched.push(name);
      }
      if (!this.#isOpen) return;
      if (mustWalk) await this.#walk();
      else if (mustResolve) await this.#resolve();
      else if (touched.length > 0) await this.#refresh(touched);
    });
    await this.#measure();
  }

  /** Everything an analysis needs, frozen. */
  snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** The editor's version of an open document, 0 for a file from disk: what findings are answered with. */
  version(file: string): number {
    return this.#texts.version(tidyPath(file));
  }

  /** Waits until everything that was said so far is in the snapshot. */
  settled(): Promise<void> {
    return this.#last;
  }

  #queue(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }

  /** Outside the queue, since what is typed must not wait for it. */
  async #measure(): Promise<void> {
    if (this.#local === undefined || !this.#isOpen) return;
    this.#lastMeasured = Date.now();
    const { statistics, applied } = await this.#local.read(this.#databases);
    await this.#queue(async () => {
      const memory = await remember(this.#memory, this.#databases, applied, (file) => this.#texts.readSaved(file, maxSqlBytes));
      const isSame = memory === this.#memory && applied.size === (this.#applied?.size ?? 0) && [...applied.keys()].every((key) => this.#applied?.has(key));
      if (isSame && (statistics === this.#statistics || (this.#statistics === undefined && statistics.size === 0))) return;
      if (!isSame) this.#applied = appliedOf(memory, applied);
      this.#memory = memory;
      this.#statistics = statistics;
      this.#publish(this.#snapshot.files, this.#snapshot.code);
    });
  }

  /** Whether a path is one of the project's files, saved or not. */
  #isKnown(name: string): boolean {
    if (this.#snapshot.files.has(name) || this.#tree.files.has(name)) return true;
    return this.#texts.isOpen(name) && (this.#tree.admits(name) || (isSql(name) && this.#inMigrations(name)));
  }

  #inMigrations(name: string): boolean {
    return this.#databases.some(({ migrationsDir }) => migrationsDir !== undefined && (name === migrationsDir || within(migrationsDir, name)));
  }

  /** What a change on disk means: of a text that is known, of what there is to know, or of nothing that matters. */
  async #classify(name: string): Promise<"text" | "structure" | "nothing"> {
    const entry = await this.#stat(name);
    const isListed = this.#snapshot.files.has(name) || this.#tree.files.has(name);
    if (isListed && !isConfiguration(name)) return entry?.isFile() ? "text" : "structure";
    if (isListed || this.#inMigrations(name)) return "structure";
    if (name.split("/").some(isSkippedFolder)) return "nothing";
    if (isConfiguration(name) || entry?.isDirectory()) return "structure";
    if (entry) return this.#tree.admits(name) ? "structure" : "nothing";
    const wasFolder = [...this.#snapshot.files.keys(), ...this.#tree.files].some((file) => within(name, file));
    return wasFolder ? "structure" : "nothing";
  }

  /** Open documents at a path, or below it, whose file is gone or there again. */
  async #followDocuments(name: string): Promise<void> {
    for (const file of this.#texts.documents.filter((document) => document === name || within(name, document))) {
      if (await this.#stat(file)) this.#texts.attach(file);
      // One that was never saved has no file that could be deleted.
      else if (this.#tree.files.has(file)) this.#texts.detach(file);
    }
  }

  #stat(name: string): Promise<Stats | undefined> {
    return stat(path.join(this.#folder, name)).catch(() => undefined);
  }

  async #walk(): Promise<void> {
    this.#tree = await discover(this.#folder, this.#onProgress);
    await this.#resolve();
  }

  /** Settings and databases once more, over the files that are known. */
  async #resolve(): Promise<void> {
    this.#listings.clear();
    const view = this.#view();
    const text = await view.read(settingsFile, maxConfigurationBytes);
    this.#settings = readSettings(text.kind === "text" ? text.file : undefined);
    const found = await findDatabases(view, this.#settings);
    this.#databases = Object.freeze(found.databases);
    const misnamed = text.kind === "text" && this.#rules !== undefined ? checkRuleIds(text.file, this.#rules) : [];
    this.#problems = Object.freeze([...this.#settings.problems, ...misnamed, ...found.problems]);
    await this.#readAll(view);
  }

  async #readAll(view: FolderView): Promise<void> {
    const wanted = new Map<string, number>();
    for (const file of view.files) if (isWranglerFile(file) || isModuleConfiguration(file) || file === settingsFile) wanted.set(file, maxConfigurationBytes);
    for (const file of this.#databases.flatMap(filesOf)) wanted.set(file, maxSqlBytes);
    this.#isReviewed = codeFilter(this.#settings.settings.include, this.#settings.settings.exclude);
    const code = [...view.files].filter((file) => this.#isCode(file));
    for (const file of code) wanted.set(file, maxCodeBytes);
    const marked = this.#problems.map(({ file }) => file);
    for (const file of marked) if (!wanted.has(file)) wanted.set(file, maxSqlBytes);
    const texts = await readMany(view, wanted);
    // A finding needs a file, also where it says that the file cannot be read.
    const unread = marked.filter((file) => !texts.has(file)).map((file) => [file, emptyFile(file)] as const);
    const sorted = [...texts, ...new Map(unread)].sort(([a], [b]) => compareText(a, b));
    this.#publish(new Map(sorted), code.filter((file) => texts.has(file)));
  }

  #isCode(name: string): boolean {
    return isCode(name) && (this.#tree.files.has(name) || this.#tree.admits(name)) && this.#isReviewed(name);
  }

  /** Some texts changed and nothing else did. */
  async #refresh(names: readonly string[]): Promise<void> {
    const files = new Map(this.#snapshot.files);
    let isDifferent = false;
    for (const name of names) {
      const result = await this.#view().read(name, isSql(name) ? maxSqlBytes : maxCodeBytes);
      const listed = files.get(name);
      // A file that became readable, or stopped being it, is a matter of the whole.
      if (listed ? result.kind !== "text" : result.kind === "text" && this.#isCode(name)) return this.#resolve();
      if (!listed || result.kind !== "text" || listed === result.file) continue;
      files.set(name, result.file);
      isDifferent = true;
    }
    if (isDifferent) this.#publish(files, this.#snapshot.code);
  }

  #publish(files: ReadonlyMap<string, SourceFile>, code: readonly string[]): void {
    this.#snapshot = Object.freeze({
      files,
      code: Object.freeze([...code].sort(compareText)),
      databases: this.#databases,
      ...(this.#statistics && { statistics: this.#statistics }),
      ...(this.#applied && { applied: this.#applied }),
      ...(this.#traffic && { traffic: this.#traffic }),
      settings: this.#settings.settings,
      problems: this.#problems,
    });
  }

  #view(): FolderView {
    const unsaved = this.#texts.open.filter((file) => !this.#tree.files.has(file) && this.#tree.admits(file));
    return {
      folder: this.#folder,
      files: unsaved.length > 0 ? new Set([...this.#tree.files, ...unsaved].sort(compareText)) : this.#tree.files,
      list: (dir) => this.#list(dir),
      read: (file, maxBytes) => this.#texts.read(file, maxBytes),
      readSaved: async (file) => (this.#texts.isOpen(file) ? this.#texts.readSaved(file, maxConfigurationBytes) : undefined),
    };
  }

  #list(dir: string): Promise<Listing | undefined> {
    let listing = this.#listings.get(dir);
    if (!listing) {
      listing = this.#readListing(dir);
      this.#listings.set(dir, listing);
    }
    return listing;
  }

  async #readListing(dir: string): Promise<Listing | undefined> {
    const unsaved = this.#texts.open.filter((file) => dirOf(file) === dir).map(nameOf);
    const entries = await readdir(path.join(this.#folder, dir), { withFileTypes: true }).catch(() => undefined);
    if (!entries && unsaved.length === 0) return undefined;
    const files = new Set(unsaved);
    const folders: string[] = [];
    for (const entry of entries ?? []) {
      const target = entry.isSymbolicLink() ? await stat(path.join(this.#folder, join(dir, entry.name))).catch(() => undefined) : entry;
      if (target?.isDirectory()) folders.push(entry.name);
      else if (target?.isFile()) files.add(entry.name);
    }
    return { files: [...files].sort(compareText), folders: folders.sort(compareText) };
  }
}

function emptyFile(path: string): SourceFile {
  return Object.freeze({ path, text: "", version: 0 });
}

async function readMany(view: FolderView, wanted: ReadonlyMap<string, number>): Promise<Map<string, SourceFile>> {
  const texts = new Map<string, SourceFile>();
  const queue = [...wanted];
  // A bound on open files; more at once is no faster.
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        const result = await view.read(...next);
        if (result.kind === "text") texts.set(next[0], result.file);
      }
    }),
  );
  return texts;
}

/** Which code files the settings leave in. A glob that names a folder means all that is in it. */
function codeFilter(include: readonly string[] | undefined, exclude: readonly string[]): (file: string) => boolean {
  const all = (globs: readonly string[]) => globs.flatMap((glob) => [glob, `${glob}/**`]);
  const included = include === undefined ? () => true : picomatch(all(include), { dot: true });
  const excluded = exclude.length > 0 ? picomatch(all(exclude), { dot: true }) : () => false;
  return (file) => included(file) && !excluded(file);
}

function emptySnapshot(): Snapshot {
  return Object.freeze({ files: new Map(), code: [], databases: [], settings: readSettings(undefined).settings, problems: [] });
}
