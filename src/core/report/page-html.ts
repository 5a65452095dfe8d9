// HTML as text that cannot be broken by what it shows: whatever is put into a template is escaped, unless a template made
// it. Attributes in templates stand in double quotes.

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

export function html(parts: TemplateStringsArray, ...values: readonly (string | number | Html | readonly Html[])[]): Html {
  return new Html(parts.map((part, at) => (at < values.length ? part + textOf(values[at]!) : part)).join(""));
}

/** Text with names in back-ticks, each as code. */
export function prose(text: string): Html {
  const pieces = text.split("`");
  // A back-tick without its partner is text.
  return html`${pieces.map((piece, at) => (at % 2 === 0 ? html`${piece}` : at < pieces.length - 1 ? html`<code>${piece}</code>` : html`${`\`${piece}`}`))}`;
}

function textOf(value: string | number | Html | readonly Html[]): string {
  if (value instanceof Html) return value.toString();
  if (typeof value === "object") return value.join("");
  return String(value)
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "·")
    .replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
