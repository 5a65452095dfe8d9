// The Cache Map as the user works in it: its filter. What it looks like is `cache-map-page.ts`'s.

import type { CacheMapPage } from "../protocol/pages";
import { cacheMapRegions, cacheMapSkeleton } from "./cache-map-page";
import type { Canvas, PageScript } from "./page-script";
import type { Region } from "./region";

export class CacheMapScript implements PageScript<CacheMapPage> {
  readonly skeleton = cacheMapSkeleton;
  readonly #canvas: Canvas;
  #text: string;

  /** `remembered` may be anything. */
  constructor(canvas: Canvas, remembered: unknown) {
    this.#canvas = canvas;
    this.#text = typeof remembered === "string" ? remembered : "";
  }

  get chosen(): string {
    return this.#text;
  }

  receive(_page: CacheMapPage, isSameFolder: boolean): void {
    if (!isSameFolder) this.#text = "";
  }

  regions(page: CacheMapPage): readonly Region[] {
    return cacheMapRegions(page, this.#text);
  }

  press({ do: what }: DOMStringMap): void {
    if (what === "clear") this.#clear();
  }

  input(target: EventTarget | null): void {
    if (target instanceof HTMLInputElement) this.#look(target.value);
  }

  key({ key, target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
    if (target instanceof HTMLInputElement) {
      if (key !== "Escape" || this.#text === "") return false;
      this.#clear();
      return true;
    }
    if (key !== "/" || ctrlKey || metaKey || altKey) return false;
    this.#filterBox()?.focus();
    return true;
  }

  drawn(): void {
    const box = this.#filterBox();
    if (box !== null && box.value !== this.#text) box.value = this.#text;
  }

  #look(text: string): void {
    this.#text = text;
    this.#canvas.draw();
  }

  /** The button that clears the filter goes away with it. */
  #clear(): void {
    this.#look("");
    this.#filterBox()?.focus();
  }

  #filterBox(): HTMLInputElement | null {
    return this.#canvas.root.querySelector<HTMLInputElement>("#filter-text");
  }
}
