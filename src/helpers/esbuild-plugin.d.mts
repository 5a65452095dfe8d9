import type { Plugin } from "esbuild";

export const helpersAsText: Plugin;

export function asJavaScript(text: string): string;
