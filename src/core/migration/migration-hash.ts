// What a migration does, as a short text to keep: two files with the same statements have the same one, whatever their
// comments, blanks and line ends. To tell whether a file was edited after it was applied; nothing hangs on it being hard
// to forge.

import { stringsAndComments } from "../sql/quoted";

/** 16 hexadecimal digits. */
export function migrationHash(text: string): string {
  return hash(withoutLayout(text));
}

function withoutLayout(text: string): string {
  let code = "";
  let at = 0;
  const add = (part: string): void => void (code += code === "" || code.endsWith(" ") ? part.trimStart() : part);
  for (const { start, end } of stringsAndComments(text)) {
    add(text.slice(at, start).replace(/\s+/g, " "));
    add(text[start] === "-" || text[start] === "/" ? " " : text.slice(start, end).replaceAll("\r\n", "\n"));
    at = end;
  }
  add(text.slice(at).replace(/\s+/g, " "));
  return code.trimEnd();
}

/** FNV-1a over UTF-16 units, twice with different beginnings: 64 bits in numbers of 32. */
function hash(text: string): string {
  let one = 0x811c9dc5;
  let other = 0x050c5d1f;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    one = Math.imul(one ^ unit, 0x01000193);
    other = Math.imul(other ^ unit ^ (at & 0xff), 0x01000193);
  }
  return [one, other].map((part) => (part >>> 0).toString(16).padStart(8, "0")).join("");
}
