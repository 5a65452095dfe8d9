// `plumbline/databases`: the databases of all folders, to choose one from.

import type { DatabaseChoice } from "../../protocol/lsp";
import type { Session } from "../server";
import { schemas } from "./schema";

export async function listDatabases(session: Session): Promise<readonly DatabaseChoice[]> {
  return (await schemas(session)).flatMap(({ folder, folderName, schema }) =>
    schema.databases.map(({ binding, name, declaredIn, migrationsDir }) => ({ folder, folderName, binding, name, declaredIn, migrationsDir })),
  );
}
