// The one list of commands, in the order of the help.

import type { Command } from "commander";
import type { Context, ExitStatus } from "../context";
import { addCache } from "./cache";
import { addCompare } from "./compare";
import { addCreate } from "./create";
import { addDryRun } from "./dry-run";
import { addExplain } from "./explain";
import { addFix } from "./fix";
import { addHealth } from "./health";
import { addIndexes } from "./indexes";
import { addLsp } from "./lsp";
import { addProfile } from "./profile";
import { addQueries } from "./queries";
import { addReview } from "./review";
import { addRollback } from "./rollback";
import { addSchema } from "./schema";
import { addStatus } from "./status";
import { addValidate } from "./validate";

export type AddCommand = (program: Command, context: Context, done: (status: ExitStatus) => void) => void;

export const commands: readonly AddCommand[] = [addReview, addQueries, addSchema, addIndexes, addProfile, addDryRun, addRollback, addValidate, addStatus, addCompare, addCache, addHealth, addExplain, addFix, addCreate, addLsp];
