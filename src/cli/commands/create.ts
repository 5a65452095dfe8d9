// `plumbline create`: an empty migration with the next number, in the folder's own style.

import path from "node:path";
import type { Command } from "commander";
import type { Context, ExitStatus } from "../context";
import { openFolder, UsageError } from "../context";
import { folderArgument } from "../options";
import { shownFrom } from "../paths";
import { plain } from "../words";
import { writeNew } from "../write";

export function addCreate(program: Command, context: Context, done: (status: ExitStatus) => void): void {
  program
    .command("create")
    .description("make an empty migration with the next number")
    .argument("<name>", "what it does, as in add_user_email")
    .argument(...folderArgument)
    .action(async (name: string, folder: string) => {
      if (!/[\p{L}\p{N}]/u.test(name)) throw new UsageError("the name has no letters: say what the migration does, as in add_user_email");
      const root = await openFolder(context, folder);
      const made = await context.ask("newMigration", { database: undefined, name });
      await writeNew(path.join(root, made.path), made.header || `-- ${plain(name)}\n`);
      await context.stdout.write(`created ${shownFrom(context.cwd, root)(made.path)}\n`);
      done(0);
    });
}
