// Starts child processes in groups of their own and ends a whole group, so that no test leaves a server or a browser behind.
import { spawn } from "node:child_process";

/** Runs a command to its end; throws with the last of its output when it fails. */
export async function run(command, args, options = {}) {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const keep = (chunk) => (output = (output + chunk).slice(-4_000));
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const status = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? signal));
  });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}:\n${output}`);
  return output;
}

/** Starts a long-running command; `line` resolves with the first line of its output that matches, `stop` ends the group. */
export function serve(command, args, options = {}) {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"], detached: process.platform !== "win32" });
  const ended = new Promise((resolve) => {
    child.on("error", resolve);
    child.on("close", resolve);
  });
  let output = "";
  const listeners = new Set();
  const keep = (chunk) => {
    output += chunk;
    for (const listener of listeners) listener();
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);

  const line = (pattern, milliseconds) =>
    new Promise((resolve, reject) => {
      const fail = (why) => finish(reject, new Error(`${command} ${why}:\n${output.slice(-4_000)}`));
      const timer = setTimeout(() => fail(`did not print ${pattern} within ${milliseconds / 1000} s`), milliseconds);
      const look = () => {
        const match = pattern.exec(output);
        if (match) finish(resolve, match);
      };
      const finish = (settle, value) => {
        clearTimeout(timer);
        listeners.delete(look);
        settle(value);
      };
      listeners.add(look);
      ended.then(() => fail("ended"));
      look();
    });

  const stop = async () => {
    kill(child, "SIGTERM");
    const last = setTimeout(() => kill(child, "SIGKILL"), 3_000);
    await ended;
    clearTimeout(last);
    // The leader may be gone while a child of its group still closes down.
    kill(child, "SIGKILL");
  };
  return { line, stop };
}

function kill(child, signal) {
  if (!child.pid) return;
  try {
    process.kill(process.platform === "win32" ? child.pid : -child.pid, signal);
  } catch {
    // The group has ended already.
  }
}
