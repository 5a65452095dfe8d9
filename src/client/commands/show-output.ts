// "Show Output": the log of extension and server.

import type { Extension } from "../extension";

export async function showOutput({ output }: Extension): Promise<void> {
  output.show();
}
