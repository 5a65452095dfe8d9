// Whether lenses are shown, by the setting `plumbline.codeLens`, and when the editor is to ask for them again.

import { CodeLensRefreshRequest, type ProposedFeatures } from "vscode-languageserver/node";
import type { ClientAbilities } from "./client-abilities";

export class CodeLenses {
  readonly #connection: ProposedFeatures.Connection;
  readonly #client: ClientAbilities;
  #shown = true;

  constructor(connection: ProposedFeatures.Connection, client: ClientAbilities) {
    this.#connection = connection;
    this.#client = client;
  }

  get shown(): boolean {
    return this.#shown;
  }

  switch(shown: boolean): void {
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.refresh();
  }

  /** What a review has found out may stand over other files than the one that was typed in. */
  refresh(): void {
    if (this.#client.refreshesLenses) void this.#connection.sendRequest(CodeLensRefreshRequest.type).catch(() => undefined);
  }
}
