// The open documents of one folder, on their way into the worker. Each text that is sent gets a revision, a number that
// is never used twice, since an editor may count versions anew when a document is opened again.
// At most one text of a document is under way: what was typed meanwhile follows as one.

import type { TextDocument } from "vscode-languageserver-textdocument";
import type { FileFindings, Overlay } from "../protocol/worker";
import { type Activity, Delayed } from "./activity";

interface OpenDocument {
  readonly document: TextDocument;
  readonly delay: Delayed;
  sent: { readonly revision: number; readonly version: number } | undefined;
  sending: Promise<void> | undefined;
}

export interface OverlayReceiver {
  /** Waits until texts can be sent; false where there is nobody to send them to, for now. */
  ready(): Promise<boolean>;
  /** Sends a text, or that it was closed. */
  overlay(overlay: { readonly path: string; readonly text: string | null; readonly version: number }): Promise<FileFindings | null>;
  received(findings: FileFindings): Promise<void>;
  failed(error: unknown): void;
}

export class OpenDocuments {
  readonly #receiver: OverlayReceiver;
  readonly #activity: Activity;
  readonly #delayMs: number;
  readonly #open = new Map<string, OpenDocument>();
  readonly #delivering = new Set<Promise<void>>();
  #revision = 0;

  constructor(receiver: OverlayReceiver, activity: Activity, delayMs: number) {
    this.#receiver = receiver;
    this.#activity = activity;
    this.#delayMs = delayMs;
  }

  get(path: string): TextDocument | undefined {
    return this.#open.get(path)?.document;
  }

  opened(path: string, document: TextDocument): void {
    this.#open.get(path)?.delay.cancel();
    const entry: OpenDocument = {
      document,
      delay: new Delayed(this.#activity, () => void this.#send(path, entry)),
      sent: undefined,
      sending: undefined,
    };
    this.#open.set(path, entry);
    entry.delay.schedule(0);
  }

  changed(path: string): void {
    const entry = this.#open.get(path);
    // The first text goes out at once, as it stands then.
    if (entry?.sent !== undefined) entry.delay.schedule(this.#delayMs);
  }

  closed(path: string): void {
    const entry = this.#open.get(path);
    if (entry === undefined) return;
    entry.delay.cancel();
    this.#open.delete(path);
    if (entry.sent !== undefined) void this.#deliver({ path, text: null, version: 0 });
  }

  /** The paths of all open documents. */
  paths(): string[] {
    return [...this.#open.keys()];
  }

  /** Waits until the worker has taken in every document as it stands now. */
  async allSettled(): Promise<void> {
    await Promise.all([...this.#open].map(([path, entry]) => (entry.sent === undefined ? this.#send(path, entry) : this.settled(path))));
    await Promise.all(this.#delivering);
  }

  /** Waits until the worker has answered for the document as it stands now. */
  async settled(path: string): Promise<void> {
    const entry = this.#open.get(path);
    if (entry === undefined) return;
    if (entry.delay.pending) {
      entry.delay.cancel();
      await this.#send(path, entry);
    }
    await entry.sending;
  }

  /** The number by which the worker knows the text as it stands now: 0 for a closed file, undefined where it is not sent yet. */
  revision(path: string): number | undefined {
    const entry = this.#open.get(path);
    if (entry === undefined) return 0;
    return entry.sent?.version === entry.document.version ? entry.sent.revision : undefined;
  }

  close(): void {
    for (const entry of this.#open.values()) entry.delay.cancel();
    this.#open.clear();
  }

  #send(path: string, entry: OpenDocument): Promise<void> {
    entry.sending ??= this.#sendLatest(path, entry).finally(() => (entry.sending = undefined));
    return entry.sending;
  }

  async #sendLatest(path: string, entry: OpenDocument): Promise<void> {
    do {
      if (!(await this.#activity.during(this.#receiver.ready())) || this.#open.get(path) !== entry) return;
      await this.#deliver(this.#next(path, entry));
      // What changed and is still being typed is sent when it settles.
    } while (this.#open.get(path) === entry && entry.sent?.version !== entry.document.version && !entry.delay.pending);
  }

  #next(path: string, entry: OpenDocument): Overlay {
    const revision = ++this.#revision;
    entry.sent = { revision, version: entry.document.version };
    return { path, text: entry.document.getText(), version: revision };
  }

  #deliver(overlay: Parameters<OverlayReceiver["overlay"]>[0]): Promise<void> {
    const delivering = this.#deliverNow(overlay).finally(() => this.#delivering.delete(delivering));
    this.#delivering.add(delivering);
    return delivering;
  }

  async #deliverNow(overlay: Parameters<OverlayReceiver["overlay"]>[0]): Promise<void> {
    try {
      await this.#activity.during(this.#receiver.overlay(overlay).then((found) => found && this.#receiver.received(found)));
    } catch (error) {
      this.#receiver.failed(error);
    }
  }
}
