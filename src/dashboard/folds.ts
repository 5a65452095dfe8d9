// The parts of a page that fold. Drawing a page anew folds and unfolds them as it says at first; what the user turned since
// is turned again.

export class Folds {
  readonly #root: HTMLElement;
  readonly #turned: Set<string>;
  readonly #atFirst = new WeakMap<HTMLDetailsElement, boolean>();

  /** `remembered` may be anything; `changed` is called when the user has turned one. */
  constructor(root: HTMLElement, remembered: unknown, changed: () => void) {
    this.#root = root;
    this.#turned = new Set(Array.isArray(remembered) ? remembered.filter((id) => typeof id === "string") : []);
    // The event does not rise from its element.
    root.addEventListener("toggle", ({ target }) => this.#note(target, changed), true);
  }

  /** Ids of what stands otherwise than at first. */
  get turned(): readonly string[] {
    return [...this.#turned];
  }

  /** After `element` was drawn. */
  restore(element: HTMLElement): void {
    for (const fold of element.querySelectorAll("details")) {
      this.#atFirst.set(fold, fold.open);
      if (this.#turned.has(fold.id)) fold.open = !fold.open;
    }
  }

  /** Unfolds the part with this id and goes there. */
  jump(id: string): void {
    const part = this.#root.querySelector(`#${CSS.escape(id)}`);
    if (part instanceof HTMLDetailsElement) part.open = true;
    part?.scrollIntoView();
    part?.querySelector("summary")?.focus({ preventScroll: true });
  }

  #note(target: EventTarget | null, changed: () => void): void {
    if (!(target instanceof HTMLDetailsElement) || target.id === "") return;
    if (target.open === (this.#atFirst.get(target) ?? false)) this.#turned.delete(target.id);
    else this.#turned.add(target.id);
    changed();
  }
}
