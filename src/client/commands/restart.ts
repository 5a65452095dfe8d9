// "Restart": a new language server, which reads everything anew.

import type { Extension } from "../extension";

export async function restart({ client, output }: Extension): Promise<void> {
  output.info("Restarting the language server");
  await client.restart();
}
