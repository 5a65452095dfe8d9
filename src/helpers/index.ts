// The texts of the files that are written into users' projects. Only their texts: none of them runs in Plumbline.

import cacheJavaScript from "./cache.ts?javascript";
import cacheTypeScript from "./cache.ts?typescript";
import telemetryJavaScript from "./telemetry.ts?javascript";
import telemetryTypeScript from "./telemetry.ts?typescript";

/** One file, for a project in either language: the same code, with and without types. */
export interface Helper {
  /** The file's name in the project, without its extension. */
  readonly name: string;
  readonly typescript: string;
  readonly javascript: string;
}

export const cacheHelper: Helper = { name: "query-cache", typescript: cacheTypeScript, javascript: cacheJavaScript };

export const telemetryHelper: Helper = { name: "query-telemetry", typescript: telemetryTypeScript, javascript: telemetryJavaScript };
