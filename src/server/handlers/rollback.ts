// `plumbline/rollback`: what takes one migration back, run up and down. Nothing is written.

import type { OwnRequests } from "../../protocol/lsp";
import { requestFailed } from "../answers";
import { uriOfPath } from "../places";
import type { Session } from "../server";

type Asked = OwnRequests["rollback"];

export async function rollbackOf({ folders }: Session, { uri }: Asked["params"]): Promise<Asked["result"]> {
  const place = folders.at(uri);
  if (place === undefined) throw requestFailed("The file lies in no folder that Plumbline reviews");
  const { analysis, path } = place;
  await analysis.settled();
  await analysis.documents.allSettled();
  const found = await analysis.ask("rollbacks", { migrations: [path] });
  const [failed] = found?.report.failed ?? [];
  if (failed !== undefined) throw requestFailed(`${path}${failed.error.line === null ? "" : `:${failed.error.line}`} fails, so there is nothing to take back: ${failed.error.message}`);
  const [rollback] = found?.report.rollbacks ?? [];
  if (rollback === undefined) throw requestFailed(`${path} is no migration that Plumbline knows: name its folder by \`migrations_dir\` in the wrangler file or by \`databases\` in plumbline.json`);
  const { rollbackFile, sql, grade, verified, reasons, withBackup } = rollback;
  return { uri: uriOfPath(analysis.root.path, rollbackFile), path: rollbackFile, sql, grade, verified, reasons, withBackup };
}
