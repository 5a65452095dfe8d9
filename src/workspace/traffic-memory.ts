// Recorded traffic where there is no folder to keep it in: the same as `TrafficFiles`, until the process ends.

import { Traffic } from "../core/telemetry/traffic";
import type { Import, Kept, Marks, Taken, TrafficFiles } from "./traffic-files";

/** What is asked of a place that keeps traffic. */
export type TrafficKeeper = Pick<TrafficFiles, "take" | "import" | "imports" | "kept" | "compactWhereLong" | "clear">;

export class TrafficMemory implements TrafficKeeper {
  #own = new Traffic();
  readonly #imports = new Map<string, Import>();
  #marks: Marks = {};
  #changed = false;

  async take(read: (marks: Marks) => Promise<Taken>): Promise<boolean> {
    const { batch, marks } = await read(this.#marks);
    this.#marks = marks;
    batch.addTo(this.#own);
    if (!batch.isEmpty) this.#changed = true;
    return true;
  }

  async import(imported: Import): Promise<boolean> {
    this.#imports.set(imported.name, imported);
    this.#changed = true;
    return true;
  }

  async imports(): Promise<readonly Import[]> {
    return [...this.#imports.values()];
  }

  async kept(): Promise<Kept> {
    const changed = this.#changed;
    this.#changed = false;
    if (this.#imports.size === 0) return { traffic: this.#own, changed };
    const traffic = new Traffic();
    for (const data of [this.#own.data(), ...[...this.#imports.values()].map((imported) => imported.data)]) traffic.merge(data);
    return { traffic, changed };
  }

  async compactWhereLong(): Promise<void> {}

  async clear(): Promise<boolean> {
    this.#own = new Traffic();
    this.#imports.clear();
    this.#changed = true;
    return true;
  }
}
