// The health dashboard as the user works in it: its filter, by mouse and by keys. What it looks like is `health-page.ts`'s.

import type { DashboardPage } from "../protocol/pages";
import type { Severity } from "../protocol/report";
import { regions, skeleton } from "./health-page";
import type { Canvas, PageScript } from "./page-script";
import type { Region } from "./region";
import { everything, type View, viewOf, withoutLostRules, withRule, withSeverity } from "./view";

export class HealthScript implements PageScript<DashboardPage> {
  readonly skeleton = skeleton;
  readonly #canvas: Canvas;
  #view: View;

  constructor(canvas: Canvas, remembered: unknown) {
    this.#canvas = canvas;
    this.#view = viewOf(remembered);
  }

  get chosen(): View {
    return this.#view;
  }

  receive(page: DashboardPage, isSameFolder: boolean): void {
    if (!isSameFolder) this.#view = everything;
    if (page.kind === "reviewed" && page.report !== null) this.#view = withoutLostRules(this.#view, page.report.findings);
  }

  regions(page: DashboardPage): readonly Region[] {
    return regions(page, this.#view);
  }

  press({ do: what, severity, rule }: DOMStringMap): void {
    switch (what) {
      case "severity":
        return this.#look(withSeverity(this.#view, severity as Severity));
      case "rule":
        return this.#look(withRule(this.#view, rule ?? ""));
      case "clear":
        return this.#clear(everything);
    }
  }

  input(target: EventTarget | null): void {
    if (target instanceof HTMLInputElement) this.#look({ ...this.#view, text: target.value });
  }

  key({ key, target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
    if (target instanceof HTMLInputElement) {
      if (key === "Escape" && this.#view.text !== "") this.#clear({ ...this.#view, text: "" });
      else if (key === "ArrowDown") this.#focusFinding(0);
      else return false;
      return true;
    }
    if (key === "ArrowDown" || key === "ArrowUp") {
      const at = this.#links().findIndex((link) => link === target);
      if (at >= 0) this.#focusFinding(key === "ArrowDown" ? at + 1 : at - 1);
      return at >= 0;
    }
    if (key !== "/" || ctrlKey || metaKey || altKey) return false;
    this.#filterBox()?.focus();
    return true;
  }

  drawn(): void {
    const box = this.#filterBox();
    if (box !== null && box.value !== this.#view.text) box.value = this.#view.text;
  }

  #look(next: View): void {
    this.#view = next;
    this.#canvas.draw();
  }

  /** The button that clears the filter goes away with it. */
  #clear(next: View): void {
    this.#look(next);
    this.#filterBox()?.focus();
  }

  #filterBox(): HTMLInputElement | null {
    return this.#canvas.root.querySelector<HTMLInputElement>("#filter-text");
  }

  #links(): readonly HTMLElement[] {
    return [...this.#canvas.root.querySelectorAll<HTMLElement>("#findings .message .link")];
  }

  #focusFinding(at: number): void {
    if (at < 0) this.#filterBox()?.focus();
    else this.#links()[at]?.focus();
  }
}
