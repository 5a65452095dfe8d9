// "Open Health Dashboard": what the review of a folder found, on one page.

import type { Extension } from "../extension";
import { chooseFolder, hasFolder } from "./needs";

export async function openHealthDashboard({ dashboard }: Extension): Promise<void> {
  if (!(await hasFolder())) return;
  const folder = await chooseFolder("The health of which folder?");
  if (folder !== undefined) dashboard.show(folder);
}
