// The health dashboard as the user works in it: its tabs, its filters and orders, by mouse and by keys, and its plots. What it
// looks like is `health-page.ts`'s.

import "@vscode-elements/elements/dist/vscode-badge/index.js";
import "@vscode-elements/elements/dist/vscode-tab-header/index.js";
import "@vscode-elements/elements/dist/vscode-tab-panel/index.js";
import "@vscode-elements/elements/dist/vscode-tabs/index.js";
import type { DashboardPage } from "../protocol/pages";
import type { Severity } from "../protocol/report";
import { type ChartMoments, chartMoments } from "./chart-moments";
import { Charts } from "./charts";
import { regions, skeleton } from "./health-page";
import { atFirst, type HealthState, stateOf, type Tab, tabs } from "./health-state";
import { cacheColumns, endpointColumns, indexColumns, queryColumns } from "./health-traffic";
import type { Canvas, PageScript } from "./page-script";
import type { Region } from "./region";
import { pressed, rowsAtOnce, type SortColumn } from "./sorting";
import { everything, type View, withoutLostRules, withRule, withSeverity } from "./view";

/** The filters by the ids of their boxes. */
const filters: Readonly<Record<string, Tab>> = { "filter-text": "findings", "traffic-text": "traffic", "indexes-text": "indexes" };
const boxOf: Readonly<Partial<Record<Tab, string>>> = Object.fromEntries(Object.entries(filters).map(([id, tab]) => [tab, id]));

/** Only what a press on a title asks of them. */
const columnsOf: Readonly<Record<string, readonly SortColumn<never>[]>> = { queries: queryColumns(() => []), endpoints: endpointColumns(() => undefined), caches: cacheColumns, indexes: indexColumns };

const noMoments: ChartMoments = { stepMs: 0, moments: [] };

export class HealthScript implements PageScript<DashboardPage> {
  readonly skeleton = skeleton;
  readonly #canvas: Canvas;
  readonly #charts = new Charts();
  #state: HealthState;
  #moments = noMoments;

  constructor(canvas: Canvas, remembered: unknown) {
    this.#canvas = canvas;
    this.#state = stateOf(remembered);
    // The event does not rise from its element.
    canvas.root.addEventListener("vsc-tabs-select", (event) => this.#choose(tabs[(event as CustomEvent<{ readonly selectedIndex: number }>).detail.selectedIndex] ?? "overview"), true);
  }

  get chosen(): HealthState {
    return this.#state;
  }

  receive(page: DashboardPage, isSameFolder: boolean): void {
    if (!isSameFolder) this.#state = atFirst;
    if (page.kind !== "reviewed" || page.report === null) return;
    const { review, health } = page.report;
    this.#state = { ...this.#state, findings: withoutLostRules(this.#state.findings, review.findings) };
    this.#moments = health?.traffic == null ? noMoments : chartMoments(health.traffic);
  }

  regions(page: DashboardPage): readonly Region[] {
    return regions(page, this.#state);
  }

  press({ do: what, severity, rule, table = "", column = "", tab, text = "" }: DOMStringMap): void {
    const state = this.#state;
    switch (what) {
      case "severity":
        return this.#filter(withSeverity(state.findings, severity as Severity));
      case "rule":
        return this.#filter(withRule(state.findings, rule ?? ""));
      case "clear":
        return this.#clear(everything);
      case "sort":
        return this.#look({ ...state, sorts: { ...state.sorts, [table]: pressed(columnsOf[table] ?? [], state.sorts[table], column) ?? { column, descending: true } } });
      case "more":
        return this.#look({ ...state, rows: { ...state.rows, [table]: (state.rows[table] ?? rowsAtOnce) + rowsAtOnce } });
      case "tab":
        return this.#choose(tab as Tab);
      case "look":
        this.#type(tab as Tab, text);
        return this.#box()?.focus();
    }
  }

  input(target: EventTarget | null): void {
    if (!(target instanceof HTMLInputElement)) return;
    const tab = filters[target.id];
    if (tab === "findings") this.#filter({ ...this.#state.findings, text: target.value });
    else if (tab !== undefined) this.#type(tab, target.value);
  }

  key({ key, target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
    const isFindings = this.#state.tab === "findings";
    if (target instanceof HTMLInputElement) {
      if (key === "Escape" && target.value !== "") isFindings ? this.#clear({ ...this.#state.findings, text: "" }) : this.#type(this.#state.tab, "");
      else if (key === "ArrowDown" && isFindings) this.#focusFinding(0);
      else return false;
      return true;
    }
    if (isFindings && (key === "ArrowDown" || key === "ArrowUp")) {
      const at = this.#links().findIndex((link) => link === target);
      if (at >= 0) this.#focusFinding(key === "ArrowDown" ? at + 1 : at - 1);
      return at >= 0;
    }
    if (key !== "/" || ctrlKey || metaKey || altKey || this.#box() === null) return false;
    this.#box()?.focus();
    return true;
  }

  drawn(): void {
    const chosen = this.#canvas.root.querySelector("#tabs");
    const at = String(tabs.indexOf(this.#state.tab));
    if (chosen !== null && chosen.getAttribute("selected-index") !== at) chosen.setAttribute("selected-index", at);
    for (const [id, tab] of Object.entries(filters)) {
      const box = this.#canvas.root.querySelector<HTMLInputElement>(`#${id}`);
      const text = this.#textOf(tab);
      if (box !== null && box.value !== text) box.value = text;
    }
    this.#charts.show(this.#canvas.root, this.#moments);
  }

  #textOf(tab: Tab): string {
    return tab === "findings" ? this.#state.findings.text : (this.#state.texts[tab] ?? "");
  }

  #choose(tab: Tab): void {
    this.#look({ ...this.#state, tab });
    window.scrollTo(0, 0);
  }

  #filter(findings: View): void {
    this.#look({ ...this.#state, findings });
  }

  #type(tab: Tab, text: string): void {
    this.#look({ ...this.#state, texts: { ...this.#state.texts, [tab]: text } });
  }

  #look(next: HealthState): void {
    this.#state = next;
    this.#canvas.draw();
  }

  /** The button that clears the filter goes away with it. */
  #clear(next: View): void {
    this.#filter(next);
    this.#box()?.focus();
  }

  /** Of the tab in sight. */
  #box(): HTMLInputElement | null {
    const id = boxOf[this.#state.tab];
    return id === undefined ? null : this.#canvas.root.querySelector<HTMLInputElement>(`#${id}`);
  }

  #links(): readonly HTMLElement[] {
    return [...this.#canvas.root.querySelectorAll<HTMLElement>("#findings .message .link")];
  }

  #focusFinding(at: number): void {
    if (at < 0) this.#box()?.focus();
    else this.#links()[at]?.focus();
  }
}
