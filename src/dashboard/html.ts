// HTML as text that cannot be broken by what it shows: whatever is put into a template is escaped, unless it is HTML
// that a template made. Attributes in templates stand in double quotes.

/** Made by `html` alone. */
export class Html {
  readonly #text: string;

  /** `text` is taken as it is: only for what stands in the source code. */
  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type HtmlValue = string | number | Html | readonly Html[];

export const nothing = new Html("");

export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const texts = parts.map((part, at) => {
    const value = values[at];
    return value === undefined ? part : part + textOf(value);
  });
  return new Html(texts.join(""));
}

/** Text with names in back-ticks, as messages have them, with each name as code. */
export function prose(text: string): Html {
  const pieces = text.split("`");
  // A back-tick without its partner is text.
  const codes = pieces.length - (pieces.length % 2 === 0 ? 2 : 1);
  const parts = pieces.map((piece, at) => {
    if (at % 2 === 1 && at < codes) return html`<code>${piece}</code>`;
    return at > codes ? html`${"`" + piece}` : html`${piece}`;
  });
  return html`${parts}`;
}

function textOf(value: HtmlValue): string {
  if (value instanceof Html) return value.toString();
  if (typeof value === "object") return value.join("");
  return String(value).replaceAll(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
