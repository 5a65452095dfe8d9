// The requests about recorded traffic: what `wrangler dev` records is taken in as it comes, what is imported joins it,
// and both are kept. The session's snapshots have the sum of it.

import type { HealthSource } from "../core/report/health";
import type { Engine } from "../core/schema/engine";
import type { RecordedTraffic } from "../core/telemetry/recorded-traffic";
import { Traffic } from "../core/telemetry/traffic";
import type { EventMessage, Requests } from "../protocol/worker";
import { readRecordedFile } from "../workspace/recorded-file";
import { storesIn, traceFolders, TraceReader } from "../workspace/trace-store";
import { TrafficFiles } from "../workspace/traffic-files";
import type { Marks, Taken } from "../workspace/traffic-files";
import { Batch } from "../workspace/traffic-lines";
import { TrafficMemory } from "../workspace/traffic-memory";
import type { TrafficKeeper } from "../workspace/traffic-memory";
import { UsageError } from "./errors";
import type { FolderAtHand } from "./migration-requests";
import { readText } from "./recorded-sources";

export type TrafficMethod = "takeTraffic" | "importTraffic" | "clearTraffic";

type Params<M extends TrafficMethod> = Requests[M]["params"];

export interface TrafficFolder extends Pick<FolderAtHand, "present"> {
  /** Absolute. */
  folder(): string;
  /** Puts it into the snapshots from now on; undefined where nothing is recorded. */
  record(traffic: RecordedTraffic | undefined): void;
}

/** Traffic that is kept, and where it came from. */
export interface KeptTraffic {
  readonly traffic: Traffic;
  readonly sources: readonly HealthSource[];
}

export class TrafficRequests {
  readonly #engine: Engine;
  readonly #send: (event: EventMessage) => void;
  readonly #at: TrafficFolder;
  #reader: TraceReader;
  #keeper: TrafficKeeper = new TrafficMemory();
  #isLoaded = false;
  #isFollowing = false;
  /** The snapshots have some. */
  #isRecorded = false;
  /** What was said of stores that cannot be read. */
  readonly #said = new Set<string>();

  constructor(engine: Engine, send: (event: EventMessage) => void, at: TrafficFolder) {
    this.#engine = engine;
    this.#send = send;
    this.#at = at;
    this.#reader = new TraceReader(engine);
  }

  /** Another folder is opened. `storage` is where its traffic is kept, absolute. */
  keepIn(storage: string | undefined): void {
    this.#keeper = storage === undefined ? new TrafficMemory() : new TrafficFiles(storage);
    this.#reader = new TraceReader(this.#engine);
    this.#isLoaded = false;
    this.#isFollowing = false;
    this.#isRecorded = false;
    this.#said.clear();
  }

  /** What was kept before is in the snapshots afterwards. */
  async load(): Promise<void> {
    if (!this.#isLoaded) await this.#publish();
  }

  async takeTraffic({ traces }: Params<"takeTraffic">): Promise<Requests["takeTraffic"]["result"]> {
    this.#isFollowing = true;
    const watched = traces ? traceFolders(this.#at.folder(), this.#at.present().databases) : [];
    const busy = watched.length > 0 && !(await this.#take(watched));
    const changed = await this.#publish();
    await this.#keeper.compactWhereLong();
    return { changed, busy, watched };
  }

  async importTraffic({ name, source }: Params<"importTraffic">): Promise<Requests["importTraffic"]["result"]> {
    const read = "text" in source ? { ok: true as const, text: source.text } : await readRecordedFile(source.file);
    if (!read.ok) throw new UsageError(`${name} ${read.reason}`);
    const traffic = new Traffic();
    const result = readText({ name, text: read.text }, traffic);
    if (result.events === 0) throw new UsageError(`Nothing was imported: ${name} ${result.why?.replace(/^it /, "") ?? ""}`);
    if (!(await this.#keeper.import({ name, form: result.form === "insights" ? "insights" : "events", data: traffic.data() }))) throw new UsageError(busyMessage);
    await this.#publish();
    return result;
  }

  async clearTraffic(): Promise<Requests["clearTraffic"]["result"]> {
    // Else what is older than this moment would come back from there.
    if (this.#isFollowing) await this.#take(traceFolders(this.#at.folder(), this.#at.present().databases));
    const { traffic } = await this.#keeper.kept();
    const { calls, queries } = traffic.figures();
    if (!(await this.#keeper.clear())) throw new UsageError(busyMessage);
    await this.#publish();
    return { calls, queries: queries.length };
  }

  /** Undefined where no traffic is followed or kept for the folder, as on the command line. */
  async kept(): Promise<KeptTraffic | undefined> {
    if (!this.#isFollowing) return undefined;
    const { traffic } = await this.#keeper.kept();
    const imports = await this.#keeper.imports();
    const { calls, caches } = traffic.figures();
    if (calls === 0 && caches.length === 0) return { traffic, sources: [] };
    return { traffic, sources: [{ name: "recorded while wrangler dev ran", form: "traces", events: Math.round(calls), skipped: [] }, ...imports.map(({ name, form }) => ({ name, form, events: 0, skipped: [] }))] };
  }

  /** False where another window is at it. */
  async #take(folders: readonly string[]): Promise<boolean> {
    const stores = await storesIn(folders);
    if (stores.length === 0) return true;
    let isWritten = false;
    const taken = await this.#keeper.take(async (marks): Promise<Taken> => {
      const batch = new Batch();
      const now: Record<string, unknown> = { ...marks };
      for (const store of stores) {
        if ((await this.#read(store, marks, batch)) === "busy") isWritten = true;
        const progress = this.#reader.progressOf(store);
        if (progress !== undefined) now[store] = progress;
      }
      return { batch, marks: now };
    });
    return taken && !isWritten;
  }

  async #read(store: string, marks: Marks, batch: Batch): Promise<"read" | "busy"> {
    this.#reader.resume(store, marks[store]);
    const reading = await this.#reader.read(store, (event) => batch.add(event));
    if (reading.ok) return "read";
    if (reading.isPassing) return "busy";
    const message = `The traces of wrangler dev in ${store} are not followed: ${reading.reason}`;
    if (!this.#said.has(message)) this.#send({ event: "log", level: "warning", message });
    this.#said.add(message);
    return "read";
  }

  /** False where the snapshots have it already. */
  async #publish(): Promise<boolean> {
    this.#isLoaded = true;
    const { traffic, changed } = await this.#keeper.kept();
    if (!changed) return false;
    const figures = traffic.figures();
    const isNothing = figures.calls === 0 && figures.caches.length === 0;
    if (isNothing && !this.#isRecorded) return false;
    this.#isRecorded = !isNothing;
    this.#at.record(isNothing ? undefined : figures);
    return true;
  }
}

const busyMessage = "Another window is at the recorded traffic of this folder: try again in a minute";
