// The second half of `npm start`, after the build: reviews the sample project (or the folder that is given) and says
// how to go on. It succeeds when the review ran, whatever it found.
import { spawnSync } from "node:child_process";
import path from "node:path";

const given = process.argv[2];
// npm runs scripts in the folder of its package; what was typed counts from where it was typed.
const folder = given === undefined ? "test/workspaces/finance" : path.resolve(process.env.INIT_CWD ?? ".", given);

const { status } = spawnSync(process.execPath, ["dist/cli.js", "review", folder], { stdio: "inherit" });
if (status === 0 || status === 1) console.log(`\nThe same in VS Code: npm run code${given === undefined ? "" : ` -- ${given}`}`);
else process.exitCode = status ?? 3;
