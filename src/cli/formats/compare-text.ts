// Drift for the terminal: what the database has otherwise than the migrations say.

import type { CompareReport } from "../../protocol/report";
import { count, oneLine, plain } from "../words";
import type { Style } from "./style";

export function compareText({ databases }: CompareReport, style: Style): string {
  const { colors, path } = style;
  const lines = databases.flatMap(({ binding, local, why, schema, closing, pending }) => {
    if (local === null) return [`${colors.bold(plain(binding))}  ${colors.dim(`not compared: ${plain(why ?? "")}`)}`, ""];
    return [
      `${colors.bold(plain(binding))}  ${plain(path(local))} ${schema.length === 0 ? colors.green("is what its migrations say") : colors.yellow(`differs from its migrations in ${count(schema.length, "place")}`)}`,
      ...(pending.length === 0 ? [] : [colors.dim(`  ${count(pending.length, "migration")} not applied yet ${pending.length === 1 ? "is" : "are"} left out: ${pending.map((file) => plain(path(file))).join(", ")}`)]),
      ...schema.map(({ change, object, detail }) => `  ${words[change]} ${plain(object)}  ${colors.dim(oneLine(detail, Math.max(20, style.width - object.length - 30)))}`),
      ...(closing === undefined ? [] : ["", colors.bold("  A migration that would close it"), "", ...closing.split("\n").map((line) => `    ${plain(line)}`)]),
      "",
    ];
  });
  return lines.join("\n");
}

const words: Readonly<Record<"added" | "dropped" | "changed", string>> = { added: "only in the database:", dropped: "missing in the database:", changed: "different:" };
