// Whether a stream gets colours: NO_COLOR and FORCE_COLOR first, then whether it is a terminal.

import picocolors from "picocolors";
import type { Context, Output } from "./context";
import type { Severity } from "../protocol/report";

export type Colors = ReturnType<typeof picocolors.createColors>;

/** See no-color.org and force-color.org: both count when they are set and not empty. */
export function colorsFor(output: Output, env: Context["env"]): Colors {
  return picocolors.createColors(wantsColors(output, env));
}

export function severityColor(colors: Colors, severity: Severity): (text: string) => string {
  switch (severity) {
    case "error":
      return colors.red;
    case "warning":
      return colors.yellow;
    case "info":
      return colors.cyan;
    case "hint":
      return colors.dim;
  }
}

/** Names in back-ticks stand out. */
export function highlightNames(colors: Colors, text: string): string {
  return text.replace(/`[^`]+`/g, (name) => colors.bold(name));
}

function wantsColors(output: Output, env: Context["env"]): boolean {
  if (env["NO_COLOR"]) return false;
  const force = env["FORCE_COLOR"];
  if (force) return force !== "0" && force !== "false";
  return output.isTTY && env["TERM"] !== "dumb";
}
