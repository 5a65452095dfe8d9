// Guesses from the SQL around an unknown part what kind of part it is, and which text can stand for it so that the
// statement still parses. Reads SQL lexically only; the real grammar is elsewhere.

import type { Hole } from "./call-site";

export interface Guess {
  readonly kind: Hole["kind"];
  readonly text: string;
}

/** The name that stands for an unknown name. */
export const holeName = "__hole__";

const value: Guess = { kind: "value", text: "?" };
const list: Guess = { kind: "list", text: "?" };
const name: Guess = { kind: "identifier", text: holeName };

function fragment(text: string): Guess {
  return { kind: "fragment", text };
}

/** Words that open a clause, and so say what a comma separates. */
const clauses = new Set(
  "SELECT FROM WHERE ON HAVING BY SET VALUES LIMIT OFFSET IN INTO UPDATE TABLE RETURNING USING JOIN PRAGMA DEFAULT".split(" "),
);
const beforeName = new Set("FROM JOIN INTO UPDATE TABLE EXISTS INDEX VIEW TRIGGER REFERENCES COLUMN AS TO PRAGMA COLLATE ADD RENAME".split(" "));
const beforeValue = new Set("LIMIT OFFSET LIKE GLOB MATCH REGEXP BETWEEN THEN ELSE IS ESCAPE".split(" "));
const beforeCondition = new Set("WHERE AND OR ON HAVING NOT WHEN CASE".split(" "));
const keywords = new Set([...clauses, ...beforeName, ...beforeValue, ...beforeCondition, ..."DISTINCT ALL ORDER GROUP INNER LEFT OUTER CROSS NATURAL".split(" ")]);
const comparison = /^\s*(?:=|<|>|!=|\|\||(?:NOT\s+)?(?:LIKE|IN|BETWEEN|GLOB|MATCH)\b|IS\b)/i;

interface Level {
  /** The word before the parenthesis. */
  readonly opener: string;
  clause: string;
  /** Which bound of a BETWEEN is to come next. */
  between: "none" | "low" | "high";
}

/** Reads an SQL text from left to right, and guesses at the holes in it. */
export class HoleGuesser {
  #mode: "code" | "'" | '"' | "`" | "]" | "line" | "block" = "code";
  readonly #levels: Level[] = [{ opener: "", clause: "", between: "none" }];
  #last = "";
  #before = "";
  #end = "";

  read(text: string): void {
    let at = 0;
    while (at < text.length) at = this.#mode === "code" ? this.#code(text, at) : this.#quoted(text, at);
    if (text !== "") this.#end = text.slice(-1);
  }

  /** `after` is the known text that follows, as far as the next hole. */
  guess(after: string): Guess {
    switch (this.#mode) {
      case "'":
        return { kind: "value", text: "x" };
      case "line":
      case "block":
        return { kind: "value", text: "" };
      case '"':
      case "`":
      case "]":
        return name;
      case "code":
        return this.#guessInCode(after);
    }
  }

  #guessInCode(after: string): Guess {
    const { opener, clause, between } = this.#levels.at(-1)!;
    const last = this.#last;
    if (last === "." || /[_$]/.test(this.#end) || /^[\w.]/.test(after)) return name;
    if (/[\w)"'`\]?]/.test(this.#end)) return fragment(" ");
    if (beforeName.has(last)) return name;
    if (last === "ON" && clause === "TABLE") return name;
    // `column ${operator} ?`
    if (/^\w+$/.test(last) && !keywords.has(last) && /^\s*(?:\?|'|:|@|\d)/.test(after)) return fragment("=");
    if (last === "AND" && between === "high") return value;
    if (beforeValue.has(last) || /^[=<>+*/%|-]$/.test(last)) return value;
    if (last === "(") return this.#afterParenthesis(opener, after);
    if (last === ",") return this.#afterComma(opener, clause, after);
    if (beforeCondition.has(last)) return comparison.test(after) ? name : fragment("1");
    switch (last) {
      case "IN":
        return fragment("(?)");
      case "SELECT":
      case "DISTINCT":
      case "RETURNING":
        return fragment(/^\s*(?:as\b|,|\|\|)/i.test(after) ? "NULL" : "*");
      case "SET":
        return /^\s*=/.test(after) ? name : fragment(`${holeName} = ?`);
      case "BY":
        return fragment("1");
      case "VALUES":
        return fragment("(?)");
      case "DEFAULT":
        return fragment("NULL");
      default:
        return fragment("");
    }
  }

  #afterParenthesis(opener: string, after: string): Guess {
    const alone = /^\s*\)/.test(after);
    if (opener === "IN" || opener === "VALUES") return alone ? list : value;
    // The second row of VALUES follows a comma.
    if (opener === "," && this.#levels.at(-2)?.clause === "VALUES") return alone ? list : value;
    if (this.#levels.at(-2)?.clause === "PRAGMA") return name;
    if (this.#levels.at(-2)?.clause === "INTO") return alone ? fragment(holeName) : name;
    return comparison.test(after) ? name : fragment("NULL");
  }

  #afterComma(opener: string, clause: string, after: string): Guess {
    const rows = opener === "," && this.#levels.at(-2)?.clause === "VALUES";
    if (clause === "" && this.#levels.at(-2)?.clause === "INTO") return name;
    if (clause === "" && (opener === "IN" || opener === "VALUES" || rows)) return value;
    if (clause === "LIMIT") return value;
    if (clause === "SET") return /^\s*=/.test(after) ? name : fragment(`${holeName} = ?`);
    if (clause === "FROM" || clause === "JOIN") return name;
    if (clause === "VALUES") return fragment("(?)");
    return fragment(clause === "BY" ? "1" : "NULL");
  }

  #code(text: string, at: number): number {
    const token = /[A-Za-z_][\w$]*|[\d.]+|\s+|--|\/\*|[^]/y;
    token.lastIndex = at;
    const read = token.exec(text)?.[0] ?? text[at]!;
    const end = at + read.length;
    if (/^\s/.test(read)) return end;
    if (read === "--" || read === "/*") {
      this.#mode = read === "--" ? "line" : "block";
      return end;
    }
    if (/^['"`[]$/.test(read)) this.#mode = read === "[" ? "]" : (read as "'" | '"' | "`");
    this.#before = this.#last;
    this.#last = read.toUpperCase();
    this.#nest();
    return end;
  }

  #nest(): void {
    const level = this.#levels.at(-1)!;
    const word = this.#last;
    if (word === "(") this.#levels.push({ opener: this.#before, clause: "", between: "none" });
    else if (word === ")" && this.#levels.length > 1) this.#levels.pop();
    else if (word === ";") Object.assign(level, { clause: "", between: "none" });
    else if (word === "BETWEEN") level.between = "low";
    else if (word === "AND") level.between = level.between === "low" ? "high" : "none";
    // After ON stands a table in CREATE INDEX and CREATE TRIGGER, else a condition.
    if (word === "INDEX" || word === "TRIGGER") level.clause = "TABLE";
    else if (clauses.has(word) && !(word === "ON" && level.clause === "TABLE")) level.clause = word;
  }

  #quoted(text: string, at: number): number {
    const close = this.#mode === "line" ? "\n" : this.#mode === "block" ? "*/" : this.#mode;
    const found = text.indexOf(close, at);
    if (found < 0) return text.length;
    this.#mode = "code";
    return found + close.length;
  }
}
