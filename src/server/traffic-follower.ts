// Follows what is recorded of one folder: looks at the times of a few files and, where they changed, has the worker take
// in what is new. It looks often while something is recorded; once nothing is, it looks seldom, and the events of the
// folders wake it up.

import { type FSWatcher, watch } from "node:fs";
import type { Requests } from "../protocol/worker";
import { traceStamp } from "../workspace/trace-store";
import { keptStamp } from "../workspace/traffic-files";
import type { Activity } from "./activity";

export interface FollowedTraffic {
  /** Where the folder's traffic is kept, absolute; undefined where nothing is kept. */
  readonly storage: string | undefined;
  readonly activity: Activity;
  readonly delays: TrafficDelays;
  /** Whether what `wrangler dev` records counts. */
  traces(): boolean;
  /** Undefined where there is nothing to review. */
  take(traces: boolean): Promise<Requests["takeTraffic"]["result"] | undefined>;
  changed(): void;
  failed(error: unknown): void;
}

/** Milliseconds. */
export interface TrafficDelays {
  /** Between two looks while something is recorded. */
  readonly livelyMs: number;
  /** After the last thing that was. */
  readonly staysLivelyMs: number;
  /** Between two looks otherwise: file systems whose events do not come are looked at all the same. */
  readonly quietMs: number;
}

/** A store that takes long to read is read less often: so many times as long is waited. */
const REST = 3;

export class TrafficFollower {
  readonly #of: FollowedTraffic;
  #state: "new" | "on" | "over" = "new";
  #timer: NodeJS.Timeout | undefined;
  /** Only while nothing is recorded. */
  #watchers: readonly FSWatcher[] = [];
  #watched: readonly string[] = [];
  /** Of what was taken last; undefined where another try is due whatever the files say. */
  #stamp: string | undefined;
  #looking = false;
  #changedAt = 0;
  #rest = 0;

  constructor(of: FollowedTraffic) {
    this.#of = of;
  }

  /** Begins, where it has not. */
  start(): void {
    if (this.#state !== "new") return;
    this.#state = "on";
    void this.#look();
  }

  /** Takes what there is even where no file tells of it: the setting, or where the traces lie, may be another. */
  again(): void {
    this.#stamp = undefined;
    if (this.#state === "on") void this.#look();
  }

  end(): void {
    this.#state = "over";
    clearTimeout(this.#timer);
    this.#unwatch();
  }

  async #look(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#looking) return;
    this.#looking = true;
    const end = this.#stamp === undefined ? this.#of.activity.begin() : undefined;
    try {
      const stamp = await this.#stampNow();
      if (stamp !== this.#stamp) await this.#of.activity.during(this.#take(stamp));
    } finally {
      end?.();
      this.#looking = false;
      this.#later();
    }
  }

  async #take(stamp: string): Promise<void> {
    this.#stamp = stamp;
    this.#changedAt = Date.now();
    try {
      const news = await this.#of.take(this.#of.traces());
      if (news === undefined || this.#state === "over") return;
      // What is at other places has not been looked at.
      if (news.busy || news.watched.join() !== this.#watched.join()) this.#stamp = undefined;
      this.#watched = news.watched;
      if (news.changed) this.#of.changed();
    } catch (error) {
      this.#of.failed(error);
    } finally {
      this.#rest = (Date.now() - this.#changedAt) * REST;
    }
  }

  async #stampNow(): Promise<string> {
    const { storage } = this.#of;
    const [traces, kept] = await Promise.all([traceStamp(this.#watched), storage === undefined ? "" : keptStamp(storage)]);
    return `${traces}\n\n${kept}`;
  }

  #later(): void {
    // Without traces nothing comes of its own accord.
    if (this.#state === "over" || (!this.#of.traces() && this.#stamp !== undefined)) return;
    const isQuiet = Date.now() - this.#changedAt > this.#of.delays.staysLivelyMs;
    if (isQuiet && this.#watchers.length === 0) this.#watch();
    this.#timer = setTimeout(() => void this.#look(), isQuiet ? this.#of.delays.quietMs : Math.max(this.#of.delays.livelyMs, this.#rest));
    this.#timer.unref();
  }

  #watch(): void {
    this.#watchers = this.#watched.flatMap((folder) => {
      try {
        const watcher = watch(folder, { persistent: false }, () => this.#wake());
        watcher.on("error", () => watcher.close());
        return [watcher];
      } catch {
        // One that is not there: the looks find it once it is.
        return [];
      }
    });
  }

  #unwatch(): void {
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
  }

  /** Looks often from now on. */
  #wake(): void {
    this.#unwatch();
    this.#changedAt = Date.now();
    void this.#look();
  }
}
