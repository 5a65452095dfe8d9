// One key for all the texts of one query: the same however it is laid out, whatever its values are, and however many of
// them a list holds. Recorded calls find the query in the code by it.

/** The key of a statement; never throws, also on text that is no SQL. */
export function queryKey(sql: string): string {
  const words: string[] = [];
  for (const match of sql.matchAll(TOKEN)) {
    const [token] = match;
    const { skip, value, quoted } = match.groups!;
    if (skip !== undefined) continue;
    if (value !== undefined) addValue(words);
    else if (quoted !== undefined) words.push(unquoted(token));
    else words.push(token.toLowerCase());
  }
  while (words.at(-1) === ";") words.pop();
  return words.join(" ").replace(/\( \? \)(?: , \( \? \))+/g, "( ? )");
}

/** Blanks and comments; strings, blobs, numbers and parameters; quoted names; words; operators. */
const TOKEN =
  /(?<skip>\s+|--[^\n]*|\/\*[^]*?(?:\*\/|$))|(?<value>[xX]?'(?:[^']|'')*'?|\d[\w.]*|\.\d[\w.]*|\?\d*|[:@$][\p{L}_][\p{L}\p{N}_]*)|(?<quoted>"(?:[^"]|"")*"?|`(?:[^`]|``)*`?|\[[^\]]*\]?)|[\p{L}_][\p{L}\p{N}_$]*|<>|[<>=!]=|\|\||->>?|<<|>>|[^]/gu;

/** A list of values is the same list whatever its length; a sign belongs to its number. */
function addValue(words: string[]): void {
  const sign = words.at(-1);
  if ((sign === "-" || sign === "+") && !isOperand(words.at(-2))) words.pop();
  if (words.at(-1) === "," && words.at(-2) === "?") words.pop();
  else words.push("?");
}

function isOperand(word: string | undefined): boolean {
  return word !== undefined && /^(\?|\)|[\p{L}_].*)$/u.test(word) && !/^(select|where|and|or|not|in|like|then|else|when|by|limit|offset|values|between|is|on|set|return|returning)$/.test(word);
}

/** A name is the same with and without its quotes. */
function unquoted(token: string): string {
  return token.slice(1, token.length > 1 ? -1 : undefined).toLowerCase();
}
