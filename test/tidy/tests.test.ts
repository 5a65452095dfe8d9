// What no test may do: be left out, run alone, or wait for time to pass.

import assert from "node:assert/strict";
import { filesIn, read } from "../support/house";

const files = filesIn("test").filter((path) => /\.(ts|mjs)$/.test(path) && !path.startsWith("test/workspaces/") && path !== "test/tidy/tests.test.ts");

function places(pattern: RegExp, paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) => read(path).split("\n").flatMap((line, at) => (pattern.test(line) ? [`${path}:${at + 1}: ${line.trim()}`] : [])));
}

describe("tests", () => {
  it("are all run", () => {
    assert.deepEqual(places(/\b(describe|context|it|specify|test|suite)\.(only|skip)\b|\bthis\.skip\b|\b(xit|xdescribe|xcontext|xspecify)\s*\(/, files), []);
  });

  it("are run by the runner", () => {
    const run = ["tidy", "core", "sqlite", "workspace", "worker", "server", "cli", "dashboard", "helpers", "syntaxes", "vscode"];
    assert.deepEqual(files.filter((path) => path.endsWith(".test.ts") && !run.includes(path.split("/")[1]!)), []);
    const runner = read("test/run.mjs");
    assert.deepEqual(run.filter((name) => name !== "vscode" && files.some((path) => path.startsWith(`test/${name}/`)) && !runner.includes(`"${name}"`)), []);
  });

  // A timer that rejects is a deadline; one that goes on is a guess at how long something takes.
  it("wait for events, not for time", () => {
    // What is measured there is typed at a person's pace.
    const tests = files.filter((path) => path.endsWith(".ts") && path !== "test/bench/completion.ts");
    assert.deepEqual(places(/timers\/promises|setTimeout\(\s*(resolve|done|go|next|r)\b|setTimeout\(\s*\(\)\s*=>\s*(resolve|done)\(/, tests), []);
  });
});
