// Makes a folder once and never half: the marker file is written last, and a lock keeps a second run waiting meanwhile.
import { mkdir, open, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export const repository = fileURLToPath(new URL("../../../", import.meta.url));
export const cache = path.join(repository, ".vscode-test");

const marker = ".installed";

/** Runs `install(folder)` in an empty `.vscode-test/<name>` unless an earlier run finished it; returns that folder. */
export async function installOnce(name, install) {
  const folder = path.join(cache, name);
  if (await exists(path.join(folder, marker))) return folder;
  await mkdir(cache, { recursive: true });
  const unlock = await lock(`${folder}.lock`, name);
  try {
    if (await exists(path.join(folder, marker))) return folder;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
    const start = Date.now();
    await install(folder);
    await writeFile(path.join(folder, marker), `${new Date().toISOString()}\n`);
    console.log(`${name}: installed in ${Math.round((Date.now() - start) / 1000)} s`);
    return folder;
  } finally {
    await unlock();
  }
}

export function exists(file) {
  return stat(file).then(() => true, () => false);
}

// The file holds the process id of its owner, so that a run which was killed leaves no lock for ever.
async function lock(file, name) {
  for (let told = false; ; ) {
    try {
      const handle = await open(file, "wx");
      await handle.writeFile(String(process.pid));
      await handle.close();
      return () => rm(file, { force: true });
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (await isAbandoned(file)) {
      await rm(file, { force: true });
      continue;
    }
    if (!told) console.log(`${name}: waiting for another run that installs it (${path.relative(repository, file)})`);
    told = true;
    await delay(300);
  }
}

async function isAbandoned(file) {
  const owner = Number(await readFile(file, "utf8").catch(() => ""));
  // An empty file is one that its owner is about to write, unless it has stood so for long.
  if (!owner) return stat(file).then((found) => Date.now() - found.mtimeMs > 5_000, () => false);
  try {
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}
