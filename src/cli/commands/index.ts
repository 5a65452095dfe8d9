// The one list of commands, in the order of the help.

import type { Command } from "commander";
import type { Context, ExitStatus } from "../context";
import { addCreate } from "./create";
import { addExplain } from "./explain";
import { addFix } from "./fix";
import { addIndexes } from "./indexes";
import { addLsp } from "./lsp";
import { addProfile } from "./profile";
import { addQueries } from "./queries";
import { addReview } from "./review";
import { addRollback } from "./rollback";
import { addSchema } from "./schema";

export type AddCommand = (program: Command, context: Context, done: (status: ExitStatus) => void) => void;

export const commands: readonly AddCommand[] = [addReview, addQueries, addSchema, addIndexes, addProfile, addExplain, addFix, addCreate, addRollback, addLsp];
