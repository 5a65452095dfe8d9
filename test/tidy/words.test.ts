// Words that must be true, or must not be there: commands in the documents, and paths of someone's machine.

import assert from "node:assert/strict";
import { filesIn, read } from "../support/house";

const text = /\.(ts|mjs|js|json|md|sql|css|html|yml|yaml|toml)$|(^|\/)(run|LICENSE|\.gitignore|\.vscodeignore)$/;
const files = filesIn(".").filter((path) => text.test(path) && path !== "package-lock.json");

describe("documents", () => {
  it("name only scripts that there are", () => {
    const { scripts } = JSON.parse(read("package.json")) as { readonly scripts: Readonly<Record<string, string>> };
    const spoken = files.filter((path) => path.endsWith(".md") || path.startsWith(".ci/") || path === "package.json");
    const unknown = spoken.flatMap((path) => [...read(path).matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g)].filter((match) => !((match[1] ?? match[2]!) in scripts)).map((match) => `${path}: ${match[0]}`));
    assert.deepEqual(unknown, []);
  });

  it("link only to files that there are", () => {
    const known = new Set(filesIn("."));
    const broken = files
      .filter((path) => path.endsWith(".md"))
      .flatMap((path) => [...read(path).matchAll(/\]\((?!https?:|mailto:|#|command:)([^)#\s]+)/g)].map((match) => ({ path, to: joined(path, match[1]!) })))
      .filter(({ to }) => !known.has(to) && ![...known].some((file) => file.startsWith(`${to.replace(/\/$/, "")}/`)))
      .map(({ path, to }) => `${path} -> ${to}`);
    assert.deepEqual(broken, []);
  });
});

describe("sources", () => {
  it("hold no path of someone's machine", () => {
    const machine = /(?<![\w.*`$}])\/(?:home|Users|work|tmp|root)\/[\w.-]+|[A-Z]:\\+Users\\/;
    assert.deepEqual(files.flatMap((path) => read(path).split("\n").flatMap((line, at) => (machine.test(line) ? [`${path}:${at + 1}: ${line.trim()}`] : []))), []);
  });
});

function joined(from: string, to: string): string {
  const parts = from.split("/").slice(0, -1);
  for (const part of to.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}
