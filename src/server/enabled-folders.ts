// Which folders and documents are analysed: those of the editor, while `plumbline.enable` is on.

import { isCode, isSql, isWranglerFile, settingsFile } from "../workspace/discover";
import type { Session } from "./server";

/** The documents whose text in the editor counts. */
export function isReviewed(path: string): boolean {
  return isCode(path) || isSql(path) || isWranglerFile(path) || path.endsWith(settingsFile);
}

interface Settings {
  readonly enable?: unknown;
  readonly codeLens?: unknown;
  readonly followTraces?: unknown;
}

/** The folders of the editor, which are analysed while `plumbline.enable` is on. */
export class EnabledFolders {
  readonly #session: Session;
  readonly #roots: Map<string, { readonly uri: string; readonly name: string }>;
  #enabled = false;

  constructor(session: Session, roots: readonly { readonly uri: string; readonly name: string }[]) {
    this.#session = session;
    this.#roots = new Map(roots.map((root) => [root.uri, root]));
  }

  async change(added: readonly { readonly uri: string; readonly name: string }[], removed: readonly { readonly uri: string }[]): Promise<void> {
    for (const { uri } of removed) this.#roots.delete(uri);
    for (const root of added) this.#roots.set(root.uri, root);
    if (this.#enabled) await this.#apply(added, removed.map(({ uri }) => uri));
  }

  async readSettings(): Promise<void> {
    const { connection, client, status, lenses, recording, folders } = this.#session;
    // An editor that does not answer has not switched anything off.
    const settings = client.configuration ? ((await connection.workspace.getConfiguration("plumbline").catch(() => undefined)) as Settings | null | undefined) : undefined;
    const enabled = settings?.enable !== false;
    lenses.switch(settings?.codeLens !== false);
    if (recording.switch(settings?.followTraces !== false)) for (const analysis of folders.all()) analysis.trafficChanged();
    if (enabled !== this.#enabled) {
      this.#enabled = enabled;
      const roots = [...this.#roots.values()];
      await (enabled ? this.#apply(roots, []) : this.#apply([], roots.map(({ uri }) => uri)));
    }
    status.switch(enabled);
  }

  async #apply(added: readonly { readonly uri: string; readonly name: string }[], removed: readonly string[]): Promise<void> {
    const { folders, documents, activity, status } = this.#session;
    const reviewed = documents.all().filter(({ uri }) => isReviewed(uri));
    await activity.during(folders.change(added, removed, reviewed));
    status.changed();
  }
}
