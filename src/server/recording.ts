// Where recorded traffic is kept, by what the editor said at the start, and whether traces are followed, by the setting
// `plumbline.followTraces`.

import { createHash } from "node:crypto";
import path from "node:path";

export class Recording {
  readonly #storage: string | undefined;
  #followsTraces = true;

  /** `storage` is the editor's folder for what belongs to the workspace, absolute. */
  constructor(storage: string | undefined) {
    this.#storage = storage;
  }

  get followsTraces(): boolean {
    return this.#followsTraces;
  }

  /** True where it was otherwise before. */
  switch(followsTraces: boolean): boolean {
    const isOther = followsTraces !== this.#followsTraces;
    this.#followsTraces = followsTraces;
    return isOther;
  }

  /** Of a workspace folder by its uri, which has characters that no file name may have. */
  storageOf(folder: string): string | undefined {
    return this.#storage === undefined ? undefined : path.join(this.#storage, "traffic", createHash("sha256").update(folder).digest("hex").slice(0, 16));
  }
}
