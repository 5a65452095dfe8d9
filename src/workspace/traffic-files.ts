// Recorded traffic kept from day to day in a folder of our own, by several windows at once. Each window appends to files
// of its own, a line an event; now and then one of them, under a lock, adds such files to the sum and takes them away.
// Imports lie beside them, each a sum by itself, so that the same one read again takes the place of the one before.
// Whatever is broken there is left out: losing a record is better than not starting.

import { createHash, randomUUID } from "node:crypto";
import { appendFile, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { TrafficEvent } from "../core/telemetry/events";
import { objectOf } from "../core/telemetry/json-fields";
import type { Traffic, TrafficData } from "../core/telemetry/traffic";
import { locked, lockedSoon } from "./folder-lock";
import { addLines, Batch, parsed, sumOf } from "./traffic-lines";

const SUM = "sum.json";
const MARKS = "marks.json";
const LOCK = "lock";
/** The files of a window that wrote nothing for so long may be added by another. */
const IDLE_MS = 3_600_000;
const MOST_BYTES = 200_000_000;
/** A window's own lines are added to the sum once they are so long. */
const LONG_BYTES = 4_000_000;
/** Beyond so many the oldest imports go into the sum, and cannot be taken out of it again. */
const MOST_IMPORTS = 20;

/** How far sources were read, by their names; plain data of those who read. */
export type Marks = Readonly<Record<string, unknown>>;

/** What is new in the sources, and how far they are read then. */
export interface Taken {
  readonly batch: Batch;
  readonly marks: Marks;
}

export interface Kept {
  readonly traffic: Traffic;
  /** It is not what it was at the last call. */
  readonly changed: boolean;
}

/** Traffic that was read of one file, or asked of one database. */
export interface Import {
  /** The same name takes the place of what was imported before. */
  readonly name: string;
  readonly form: "events" | "insights";
  readonly data: TrafficData;
}

interface Sum {
  readonly data: unknown;
  /** Files that are in it and may not yet be taken away. */
  readonly taken: readonly string[];
}

export class TrafficFiles {
  readonly #folder: string;
  readonly #window = randomUUID();
  readonly #now: () => number;
  #turn = 0;
  #appended = { bytes: 0, at: 0 };
  /** Calls run one after the other, so that nothing is appended to a file that is being added. */
  #last: Promise<unknown> = Promise.resolve();
  #view: View | undefined;

  /** `folder` is absolute and ours alone; it need not exist. `now` is for tests. */
  constructor(folder: string, now: () => number = Date.now) {
    this.#folder = folder;
    this.#now = now;
  }

  /** Keeps events of this window. */
  append(events: readonly TrafficEvent[]): Promise<void> {
    return this.#queue(async () => {
      await mkdir(this.#folder, { recursive: true });
      const batch = new Batch();
      for (const event of events) batch.add(event);
      await this.#append(batch);
    });
  }

  /**
   * Reads sources that other windows read too: what one has taken, the others do not take again. False where another
   * window is at it.
   */
  take(read: (marks: Marks) => Promise<Taken>): Promise<boolean> {
    return this.#queue(async () => {
      const done = await this.#locked(async () => {
        const before = await this.#marks();
        const { batch, marks } = await read(before);
        // In this order, since a record that counts twice after a crash is better than one that is lost.
        await this.#append(batch);
        if (JSON.stringify(marks) !== JSON.stringify(before)) await this.#write(MARKS, marks);
      });
      return done !== undefined;
    });
  }

  /** Keeps an import in place of the one before of its name. False where another window does not leave the files alone. */
  import(imported: Import): Promise<boolean> {
    return this.#queue(async () => {
      const kind = `import-${createHash("sha256").update(imported.name).digest("hex").slice(0, 16)}-`;
      const done = await this.#lockedSoon(async () => {
        const before = (await this.#names()).filter((name) => name.startsWith(kind));
        await this.#write(`${kind}${randomUUID()}.json`, imported);
        for (const name of before) await rm(this.#path(name), { force: true });
      });
      return done !== undefined;
    });
  }

  /** Names and forms of the imports that are kept by themselves. */
  imports(): Promise<readonly Pick<Import, "name" | "form">[]> {
    return this.#queue(async () => {
      const names = (await this.#names()).filter(isImport);
      const texts = await Promise.all(names.map((name) => readFile(this.#path(name), "utf8").catch(() => "")));
      return texts.flatMap((text) => {
        const { name, form } = objectOf(parsed(text)) ?? {};
        return typeof name === "string" ? [{ name, form: form === "insights" ? form : "events" } as const] : [];
      });
    });
  }

  /** All that is kept, of every window: once read, only what is new is read again. */
  kept(): Promise<Kept> {
    return this.#queue(async () => {
      const names = await this.#names();
      const stamp = await stampOf(this.#path(SUM));
      const isSame = this.#view !== undefined && this.#view.stamp === stamp && [...this.#view.read.keys()].every((name) => names.includes(name));
      const view = isSame ? this.#view! : await this.#newView(stamp);
      let changed = !isSame;
      for (const name of names) if (!view.taken.includes(name) && (await this.#addNew(view, name))) changed = true;
      this.#view = view;
      return { traffic: view.traffic, changed };
    });
  }

  /** Adds the files of this window, and of those that are gone, to the sum. False where another window is at it. */
  compact(): Promise<boolean> {
    return this.#queue(async () => {
      const done = await this.#locked(() => this.#compact());
      return done !== undefined;
    });
  }

  /** The same where this window has appended much since. */
  async compactWhereLong(): Promise<void> {
    if (this.#appended.bytes > LONG_BYTES) await this.compact();
  }

  /** Forgets everything, of every window, but how far the sources were read. False where another window does not leave the files alone. */
  clear(): Promise<boolean> {
    return this.#queue(async () => {
      const done = await this.#lockedSoon(async () => {
        const names = await this.#names();
        this.#begin();
        for (const name of names) await rm(this.#path(name), { force: true });
        // Another sum tells the other windows, whose files may be there again before they look.
        await this.#write(SUM, { taken: [] });
      });
      return done !== undefined;
    });
  }

  async #append(batch: Batch): Promise<void> {
    if (batch.isEmpty) return;
    // Another window may be taking an idle file away.
    if (this.#now() - this.#appended.at > IDLE_MS / 2) this.#begin();
    const lines = batch.lines();
    await appendFile(this.#path(this.#own()), lines);
    this.#appended = { bytes: this.#appended.bytes + lines.length, at: this.#now() };
  }

  /** A file of its own for what comes. */
  #begin(): void {
    this.#turn++;
    this.#appended = { bytes: 0, at: this.#now() };
  }

  async #compact(): Promise<void> {
    const { data, taken } = await this.#sum();
    const traffic = sumOf(data);
    const added: string[] = [];
    const names = await this.#names();
    for (const name of await this.#toTake(names)) {
      if (taken.includes(name)) continue;
      await this.#addTo(traffic, name);
      added.push(name);
    }
    // Named in the sum, so that a file that outlives this moment is not counted twice.
    if (added.length > 0) await this.#write(SUM, { data: traffic.data(), taken: [...taken.filter((name) => names.includes(name)), ...added] });
    this.#begin();
    for (const name of [...taken, ...added]) await rm(this.#path(name), { force: true });
  }

  #own(): string {
    return `${this.#window}-${this.#turn}.ndjson`;
  }

  #path(name: string): string {
    return path.join(this.#folder, name);
  }

  #names(): Promise<readonly string[]> {
    return namesIn(this.#folder);
  }

  async #toTake(names: readonly string[]): Promise<readonly string[]> {
    const written = new Map<string, number>();
    for (const name of names) written.set(name, (await stat(this.#path(name)).catch(() => undefined))?.mtimeMs ?? this.#now());
    const imports = names.filter(isImport).sort((a, b) => written.get(b)! - written.get(a)!);
    const isOver = (name: string): boolean => (isImport(name) ? imports.indexOf(name) >= MOST_IMPORTS : name.startsWith(this.#window) || this.#now() - written.get(name)! > IDLE_MS);
    return names.filter(isOver);
  }

  async #newView(stamp: string): Promise<View> {
    const { data, taken } = await this.#sum();
    return { stamp, traffic: sumOf(data), taken, read: new Map() };
  }

  /** False where nothing was new in it. */
  async #addNew(view: View, name: string): Promise<boolean> {
    const from = view.read.get(name) ?? 0;
    if (isImport(name)) {
      if (from === 0) await this.#addTo(view.traffic, name);
      view.read.set(name, 1);
      return from === 0;
    }
    const text = await this.#linesFrom(name, from);
    view.read.set(name, from + text.length);
    addLines(text.toString("utf8"), view.traffic);
    return text.length > 0;
  }

  /** Whole lines: the last one may still be written. */
  async #linesFrom(name: string, from: number): Promise<Buffer> {
    const file = await open(this.#path(name), "r").catch(() => undefined);
    if (file === undefined) return Buffer.alloc(0);
    try {
      const { size } = await file.stat();
      if (size <= from || size > MOST_BYTES) return Buffer.alloc(0);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
      return buffer.subarray(0, buffer.subarray(0, bytesRead).lastIndexOf("\n") + 1);
    } finally {
      await file.close();
    }
  }

  async #addTo(traffic: Traffic, name: string): Promise<void> {
    const stats = await stat(this.#path(name)).catch(() => undefined);
    if (stats === undefined || stats.size > MOST_BYTES) return;
    const text = await readFile(this.#path(name), "utf8").catch(() => "");
    if (isImport(name)) traffic.merge(sumOf(objectOf(parsed(text))?.["data"]).data());
    else addLines(text, traffic);
  }

  async #sum(): Promise<Sum> {
    const text = await readFile(this.#path(SUM), "utf8").catch(() => "");
    const fields = objectOf(parsed(text));
    const taken = Array.isArray(fields?.["taken"]) ? fields["taken"].filter((name): name is string => typeof name === "string") : [];
    return { data: fields?.["data"], taken };
  }

  async #marks(): Promise<Marks> {
    return objectOf(parsed(await readFile(this.#path(MARKS), "utf8").catch(() => ""))) ?? {};
  }

  async #write(name: string, value: unknown): Promise<void> {
    const beside = this.#path(`${name}.${this.#window}.tmp`);
    await writeFile(beside, JSON.stringify(value));
    await rename(beside, this.#path(name));
  }

  async #locked<T>(work: () => Promise<T>): Promise<{ readonly result: T } | undefined> {
    await mkdir(this.#folder, { recursive: true });
    return locked(this.#path(LOCK), this.#now, work);
  }

  async #lockedSoon<T>(work: () => Promise<T>): Promise<{ readonly result: T } | undefined> {
    await mkdir(this.#folder, { recursive: true });
    return lockedSoon(this.#path(LOCK), this.#now, work);
  }

  #queue<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => undefined);
    return next;
  }
}

/** A word that is another once a window has kept something in the folder. */
export async function keptStamp(folder: string): Promise<string> {
  const names = [SUM, ...(await namesIn(folder))];
  return (await Promise.all(names.map(async (name) => `${name} ${await stampOf(path.join(folder, name))}`))).join("\n");
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".ndjson") || isImport(name)).sort();
}

async function stampOf(file: string): Promise<string> {
  const stats = await stat(file).catch(() => undefined);
  return stats === undefined ? "" : `${stats.ino}:${stats.size}:${stats.mtimeMs}`;
}

/** What was read of the files. */
interface View {
  /** Of the sum, which then holds `taken`. */
  readonly stamp: string;
  readonly traffic: Traffic;
  readonly taken: readonly string[];
  /** Bytes of each file that are in it. */
  readonly read: Map<string, number>;
}

function isImport(name: string): boolean {
  return name.startsWith("import-") && name.endsWith(".json");
}
