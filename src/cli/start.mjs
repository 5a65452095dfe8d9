// `npm start`: builds everything, reviews the sample project (or the folder that is given), and says how to go on. It
// succeeds when the review ran, whatever it found.
import { spawnSync } from "node:child_process";
import path from "node:path";

const sample = "test/workspaces/finance";
const given = process.argv[2];
// npm runs scripts in the folder of its package; what was typed counts from where it was typed.
const folder = given === undefined ? sample : path.resolve(process.env.INIT_CWD ?? ".", given);

const run = (...args) => spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 3;
const built = run("esbuild.mjs");
if (built !== 0) process.exit(built);
const reviewed = run("dist/cli.js", "review", folder);
if (reviewed > 1) process.exit(reviewed);

console.log(`\nThe same in VS Code: npm run code${given === undefined ? "" : ` -- ${given}`}`);
