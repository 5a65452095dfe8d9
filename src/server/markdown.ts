// Pieces of Markdown that several hovers have.

/** A link to a line of a file; `uriOf` gives the uri of a file of the folder. */
export function link({ file, line }: { readonly file: string; readonly line: number }, uriOf: (file: string) => string): string {
  return `[${file.replaceAll(/[[\]\\]/g, "\\$&")}:${line}](${uriOf(file)}#L${line})`;
}

/** A block of code, whatever backquotes it holds. */
export function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
