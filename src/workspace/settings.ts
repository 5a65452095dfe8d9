// `plumbline.json`: reads it, and says once and at its place what is wrong with each key. The JSON schema that editors
// complete it by is also what it is checked against, so the two cannot differ. It must not look at the disk.

import { closest, distance } from "fastest-levenshtein";
import schema from "../../media/plumbline.schema.json";
import { defaultSettings, type Settings } from "../core/analysis/settings";
import type { ProjectProblem } from "../core/analysis/snapshot";
import type { SourceFile } from "../core/schema/sources";
import { span, type Span } from "../core/text/span";
import { findNodeAtLocation, parseJson, spanOf, type Node } from "./jsonc";
import { tidyPath } from "./paths";

export interface ReadSettings {
  readonly settings: Settings;
  readonly problems: readonly ProjectProblem[];
  /** Where a path of `settings.databases[index]` is named, for what only the disk can tell. */
  readonly databasePlace: (index: number, key: "migrations" | "schema") => Span;
}

/** Reads the settings; what is wrong is left out and takes its default. No file means all defaults. */
export function readSettings(file: SourceFile | undefined): ReadSettings {
  if (!file) return { settings: defaultSettings, problems: [], databasePlace: () => span(0, 0) };
  const { root, error } = parseJson(file.text);
  const problems: ProjectProblem[] = [];
  const report: Report = (at, message) => problems.push({ file: file.path, span: at, message, severity: "error" });
  if (error) report(error.span, `\`${file.path}\` cannot be read (${error.message}): mend it so that all its settings count`);
  const value = root ? check(root, schema as Shape, "the file", report) : undefined;
  return {
    settings: toSettings((value ?? {}) as FileContents),
    problems,
    databasePlace: (index, key) => {
      const list = root?.type === "object" ? findNodeAtLocation(root, ["databases"]) : undefined;
      // Entries that were left out for a mistake do not count.
      const entry = list?.children?.filter((item) => check(item, databaseShape, "", () => {}) !== undefined)[index];
      const node = entry && findNodeAtLocation(entry, [key]);
      return node ? spanOf(node) : span(0, 0);
    },
  };
}

/** A problem for each key of `rules` that is no rule. The ids are handed in, since only the analysis knows them. */
export function checkRuleIds(file: SourceFile, known: readonly string[]): ProjectProblem[] {
  const { root } = parseJson(file.text);
  const rules = root?.type === "object" ? findNodeAtLocation(root, ["rules"]) : undefined;
  if (rules?.type !== "object") return [];
  return properties(rules)
    .filter(({ key }) => !known.includes(key.value as string))
    .map(({ key }) => ({
      file: file.path,
      span: spanOf(key),
      message: `There is no rule \`${key.value}\`${didYouMean(key.value as string, known)}`,
      severity: "error",
    }));
}

/** The part of JSON Schema that the schema of `plumbline.json` uses. */
export interface Shape {
  readonly type: "object" | "array" | "string" | "number" | "integer";
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: false | Shape;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly enum?: readonly string[];
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}

const databaseShape: Shape = (schema as Shape).properties!.databases!.items!;

type Report = (at: Span, message: string) => void;

/** The value without what does not fit, or undefined where nothing of it fits. */
function check(node: Node, shape: Shape, name: string, report: Report): unknown {
  const wrong = (what: string): undefined => {
    report(spanOf(node), `${name === "the file" ? "`plumbline.json`" : `\`${name}\``} must be ${what}`);
    return undefined;
  };
  switch (shape.type) {
    case "object":
      return node.type === "object" ? checkObject(node, shape, name, report) : wrong("an object");
    case "array":
      if (node.type !== "array") return wrong("a list");
      return (node.children ?? []).flatMap((item, i) => check(item, shape.items!, `${name}[${i}]`, report) ?? []);
    case "string":
      if (node.type === "string" && shape.enum?.includes(node.value) !== false && node.value.length >= (shape.minLength ?? 0)) return node.value;
      return wrong(shape.enum ? `one of ${shape.enum.map((one) => `"${one}"`).join(", ")}` : "a string that is not empty");
    case "number":
    case "integer":
      return isNumber(node.value, shape) ? node.value : wrong(numberInWords(shape));
  }
}

function checkObject(node: Node, shape: Shape, name: string, report: Report): Record<string, unknown> | undefined {
  const known = Object.keys(shape.properties ?? {});
  // Without a prototype, so that a table named `constructor` has rows like any other.
  const result = Object.create(null) as Record<string, unknown>;
  for (const { key, value } of properties(node)) {
    const own = Object.hasOwn(shape.properties ?? {}, key.value) ? shape.properties![key.value] : shape.additionalProperties;
    if (own === false || own === undefined) {
      report(spanOf(key), `Unknown key \`${key.value}\`${name === "the file" ? "" : ` in \`${name}\``}${didYouMean(key.value, known)}`);
    } else if (value) {
      const checked = check(value, own, name === "the file" ? key.value : `${name}.${key.value}`, report);
      if (checked !== undefined) result[key.value] = checked;
    }
  }
  const given = new Set(properties(node).map(({ key }) => key.value));
  const missing = (shape.required ?? []).filter((key) => !given.has(key));
  if (missing.length > 0) report(spanOf(node), `\`${name}\` needs \`${missing.join("`, `")}\``);
  return (shape.required ?? []).every((key) => key in result) ? result : undefined;
}

function properties(node: Node): { readonly key: Node; readonly value: Node | undefined }[] {
  return (node.children ?? []).flatMap((property) => {
    const [key, value] = property.children ?? [];
    return key ? [{ key, value }] : [];
  });
}

function isNumber(value: unknown, shape: Shape): boolean {
  return (
    typeof value === "number" &&
    (shape.type === "number" || Number.isInteger(value)) &&
    value >= (shape.minimum ?? -Infinity) &&
    value <= (shape.maximum ?? Infinity) &&
    value > (shape.exclusiveMinimum ?? -Infinity)
  );
}

function numberInWords(shape: Shape): string {
  const kind = shape.type === "integer" ? "a whole number" : "a number";
  if (shape.minimum !== undefined && shape.maximum !== undefined) return `${kind} from ${shape.minimum} to ${shape.maximum}`;
  if (shape.minimum !== undefined) return `${kind} from ${shape.minimum} on`;
  return shape.exclusiveMinimum === undefined ? kind : `${kind} above ${shape.exclusiveMinimum}`;
}

function didYouMean(word: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const nearest = closest(word.toLowerCase(), known.map((one) => one.toLowerCase()));
  const candidate = known.find((one) => one.toLowerCase() === nearest)!;
  const near = distance(word.toLowerCase(), nearest) <= Math.max(2, Math.floor(word.length / 3));
  return near ? `; did you mean \`${candidate}\`?` : "";
}

interface FileContents {
  readonly target?: Settings["target"];
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly databases?: readonly { readonly binding: string; readonly migrations?: string; readonly schema?: string }[];
  readonly rows?: Readonly<Record<string, number>>;
  readonly rules?: Settings["rules"];
  readonly slowMs?: number;
  readonly wrappers?: readonly string[];
  readonly rollbacks?: string;
  readonly caching?: { readonly binding?: string; readonly style?: Settings["caching"]["style"]; readonly ttl?: Record<string, number> };
  readonly alerts?: Settings["alerts"];
}

function toSettings(file: FileContents): Settings {
  const { default: otherRows, ...tables } = file.rows ?? {};
  return {
    target: file.target ?? defaultSettings.target,
    include: file.include?.map(tidyPath),
    exclude: file.exclude?.map(tidyPath) ?? [],
    databases: (file.databases ?? []).map(({ binding, migrations, schema: base }) => ({
      binding,
      migrations: migrations === undefined ? undefined : tidyPath(migrations),
      schema: base === undefined ? undefined : tidyPath(base),
    })),
    rows: { default: otherRows, tables },
    rules: { ...file.rules },
    slowMs: file.slowMs ?? defaultSettings.slowMs,
    wrappers: file.wrappers ?? [],
    rollbacks: file.rollbacks === undefined ? undefined : tidyPath(file.rollbacks),
    caching: { binding: file.caching?.binding, style: file.caching?.style, ttl: { ...file.caching?.ttl } },
    alerts: { ...file.alerts },
  };
}
