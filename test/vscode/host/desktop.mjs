// Desktop VS Code, where the machine has one to show.
import { spawn } from "node:child_process";
import { access, constants } from "node:fs/promises";
import path from "node:path";

/** Whether a desktop application could show a window. */
export function hasDisplay() {
  return process.platform !== "linux" || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** The `code` of the PATH; undefined where there is none. */
export async function codeOnPath() {
  const name = process.platform === "win32" ? "code.cmd" : "code";
  for (const folder of (process.env.PATH ?? "").split(path.delimiter).filter(path.isAbsolute)) {
    const file = path.join(folder, name);
    if (await access(file, constants.X_OK).then(() => true, () => false)) return file;
  }
  return undefined;
}

/** Opens a window on a folder with an extension under development; ends when the command does, with its exit status. */
export function openWindow(executable, { folder, extension }) {
  const args = [`--extensionDevelopmentPath=${extension}`, folder];
  // On Windows the command is a script, which only a shell can start.
  const isScript = process.platform === "win32";
  const child = isScript
    ? spawn([executable, ...args].map((word) => `"${word}"`).join(" "), { stdio: "inherit", shell: true })
    : spawn(executable, args, { stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}
