// Who may import whom. The rooms and their order are those of the map (`src/README.md`); change both together.

import assert from "node:assert/strict";
import ts from "typescript";
import { filesIn, importsOf, parse } from "../support/house";
import type { Import } from "../support/house";

/** Rooms that a room may import. `types`: as types alone. A path with `/` after the room is one file of it. */
interface Allowed {
  readonly values: readonly string[];
  readonly types?: readonly string[];
}

const core = ["core/text", "core/embed", "core/host", "core/sql", "core/schema", "core/planner", "core/migration", "core/caching", "core/telemetry", "core/language", "core/rules", "core/analysis", "core/report"];

const rooms: Readonly<Record<string, Allowed>> = {
  "core/text": { values: [] },
  "core/embed": { values: ["core/text"] },
  "core/host": { values: ["core/text", "core/embed"] },
  "core/sql": { values: ["core/text"] },
  "core/schema": { values: ["core/text", "core/sql"] },
  "core/planner": { values: ["core/text", "core/sql", "core/schema"] },
  "core/migration": { values: ["core/text", "core/sql", "core/schema", "core/planner"] },
  "core/caching": { values: ["core/text", "core/sql", "core/schema", "core/planner"], types: ["core/host/served", "core/host/call-site"] },
  "core/telemetry": { values: ["core/text", "core/sql", "core/schema", "core/planner"] },
  "core/language": { values: ["core/text", "core/embed", "core/host", "core/sql", "core/schema", "core/planner"] },
  // A rule sees the facts of its subject: never the host file, never who runs it.
  "core/rules": {
    values: ["core/text", "core/sql", "core/schema", "core/planner", "core/migration", "core/caching", "core/telemetry"],
    types: ["core/host/call-site", "core/host/served", "core/analysis/snapshot", "core/analysis/settings"],
  },
  "core/analysis": { values: core.filter((room) => room !== "core/report") },
  "core/report": { values: core },
  sqlite: { values: core },
  workspace: { values: core },
  worker: { values: [...core, "sqlite", "workspace", "protocol", "helpers"] },
  protocol: { values: [], types: core },
  server: { values: ["workspace", "protocol", "worker/handle"], types: core },
  cli: { values: ["workspace", "protocol", "worker/handle"], types: core },
  client: { values: ["protocol"] },
  dashboard: { values: ["protocol"] },
  helpers: { values: [] },
};

/** A dependency at run time is a decision of the architecture: it has its rooms, and none else. */
const packages: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^typescript$/, ["core/host"]],
  [/^sqlite3-parser$/, ["core/sql", "core/schema", "core/planner", "core/migration", "core/caching", "core/language", "core/rules"]],
  [/^node-sql-parser(\/|$)/, ["core/sql"]],
  [/^fastest-levenshtein$/, ["core/text", "core/analysis", "workspace", "cli"]],
  [/^sql-formatter$/, ["core/language"]],
  [/^sql\.js$/, ["sqlite"]],
  [/^(smol-toml|ignore|picomatch)$/, ["workspace"]],
  [/^jsonc-parser(\/|$)/, ["workspace"]],
  [/^(commander|picocolors)$/, ["cli"]],
  [/^vscode-languageserver(-textdocument)?(\/|$)/, ["server"]],
  [/^vscode(-languageclient(\/.*)?)?$/, ["client"]],
  [/^(@vscode-elements\/elements|uplot|@dagrejs\/dagre)(\/|$)/, ["dashboard"]],
  [/^node:/, ["sqlite", "workspace", "worker", "server", "cli", "client"]],
];

describe("imports", () => {
  // What the build runs is part of no bundle.
  const files = filesIn("src").filter((path) => /\.(ts|mjs)$/.test(path) && !path.endsWith(".d.ts") && !path.endsWith("/esbuild-plugin.mjs"));
  const imports = files.flatMap((path) => importsOf(path));

  it("know every room", () => {
    assert.deepEqual([...new Set(files.map(roomOf))].filter((room) => !(room in rooms)), []);
  });

  it("go from room to room as the map says", () => {
    assert.deepEqual(imports.filter((one) => !one.isPackage && !allowed(one)).map(shown), []);
  });

  it("take each package where it belongs", () => {
    assert.deepEqual(imports.filter((one) => one.isPackage && !packages.some(([name, users]) => name.test(one.to) && users.includes(roomOf(one.from)))).map(shown), []);
  });

  it("keep one rule from another", () => {
    const isRule = (path: string): boolean => filesIn("src/core/rules").includes(`${path}.md`);
    assert.deepEqual(imports.filter((one) => one.from.startsWith("src/core/rules/") && one.from !== "src/core/rules/index.ts" && isRule(one.to)).map(shown), []);
  });

  it("turn in no circle", () => {
    assert.deepEqual(circles(imports.filter((one) => !one.isPackage && !one.typeOnly)), []);
  });
});

describe("core", () => {
  it("reads no clock, no chance, no process and no page", () => {
    const outside = /^(process|console|performance|document|window|setTimeout|setInterval|setImmediate|queueMicrotask|fetch|crypto|localStorage|require)$/;
    const found: string[] = [];
    for (const path of filesIn("src/core").filter((file) => file.endsWith(".ts"))) {
      const visit = (node: ts.Node): void => {
        // Large grammars that few projects need are set aside by the bundler until they are called for.
        const lazy = path === "src/core/sql/other-dialects.ts" && ts.isIdentifier(node) && node.text === "require";
        if (ts.isIdentifier(node) && !isName(node) && outside.test(node.text) && !lazy) found.push(`${path}: ${node.text}`);
        if (ts.isPropertyAccessExpression(node) && /^(Date\.now|Math\.random)$/.test(node.getText())) found.push(`${path}: ${node.getText()}`);
        if (ts.isNewExpression(node) && node.expression.getText() === "Date" && (node.arguments?.length ?? 0) === 0) found.push(`${path}: ${node.getText()}`);
        ts.forEachChild(node, visit);
      };
      visit(parse(path));
    }
    assert.deepEqual(found, []);
  });
});

function roomOf(path: string): string {
  const [, first = "", second = ""] = path.split("/");
  return first === "core" && !second.includes(".") ? `core/${second}` : first;
}

function allowed({ from, to, typeOnly }: Import): boolean {
  const room = roomOf(from);
  // The JSON schema of the settings is data of the product, kept where editors find it.
  if (to === "media/plumbline.schema.json") return room === "workspace";
  // Documents and other assets of the room itself.
  if (roomOf(to) === room) return true;
  const may = (names: readonly string[]): boolean => names.some((name) => to === `src/${name}` || to.startsWith(`src/${name}/`));
  const rule = rooms[room];
  return rule !== undefined && (may(rule.values) || (typeOnly && may(rule.types ?? [])));
}

/** True for the name of a property, a declaration or a parameter, which is no use of a global. */
function isName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isMethodDeclaration(parent) || ts.isBindingElement(parent) || ts.isParameter(parent)) return parent.name === node;
  return ts.isVariableDeclaration(parent) && parent.name === node;
}

function shown({ from, to, typeOnly }: Import): string {
  return `${from} -> ${to}${typeOnly ? " (type)" : ""}`;
}

/** Circles of value imports: modules that cannot be read, or loaded, one after the other. */
function circles(imports: readonly Import[]): readonly string[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from.replace(/\.ts$/, ""), [...(next.get(from.replace(/\.ts$/, "")) ?? []), to]);
  const done = new Set<string>();
  const found: string[] = [];
  const walk = (at: string, path: readonly string[]): void => {
    const seen = path.indexOf(at);
    if (seen >= 0) found.push([...path.slice(seen), at].join(" -> "));
    if (seen >= 0 || done.has(at)) return;
    for (const to of next.get(at) ?? []) walk(to, [...path, at]);
    done.add(at);
  };
  for (const start of next.keys()) walk(start, []);
  return found;
}
