// The script of the webview: draws the pages that the extension sends, remembers what the user chose to see, and passes on
// what the user asks for. What the page looks like is `page.ts`'s.

import type { DashboardMemory, DashboardPage, DashboardRequest, ShowPage } from "../protocol/dashboard";
import type { Severity } from "../protocol/report";
import { regions, skeleton } from "./page";
import { placeOf } from "./place";
import { everything, type View, viewOf, withoutLostRules, withRule, withSeverity } from "./view";

interface Memory extends DashboardMemory {
  readonly view: View;
  readonly scroll: number;
}

declare function acquireVsCodeApi(): {
  postMessage(message: DashboardRequest): void;
  getState(): Partial<Memory> | undefined;
  setState(state: Memory): void;
};

const editor = acquireVsCodeApi();
const remembered = editor.getState();
const root = document.querySelector("main") ?? document.body;
const drawn = new Map<string, string>();

let folder = remembered?.folder ?? "";
let page: DashboardPage | undefined;
let view = viewOf(remembered?.view);
/** Where the page stood when it was left; until it is drawn again. */
let scroll = remembered?.scroll;

root.innerHTML = skeleton.toString();

window.addEventListener("message", ({ data }: MessageEvent<ShowPage>) => {
  if (data.kind !== "show") return;
  // What was chosen for one folder says nothing about another.
  if (folder !== "" && folder !== data.folder) view = everything;
  ({ folder, page } = data);
  if (page.kind === "reviewed" && page.report !== null) view = withoutLostRules(view, page.report.findings);
  draw();
  remember();
  if (scroll !== undefined && page.kind === "reviewed") {
    window.scrollTo(0, scroll);
    scroll = undefined;
  }
});

root.addEventListener("click", ({ target }) => {
  const element = target instanceof Element ? target.closest<HTMLElement>("[data-do]") : null;
  if (element !== null) act(element.dataset);
});

root.addEventListener("input", ({ target }) => {
  if (target instanceof HTMLInputElement) look({ ...view, text: target.value });
});

root.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (target instanceof HTMLInputElement) {
    if (key === "Escape" && view.text !== "") clear({ ...view, text: "" });
    else if (key === "ArrowDown") focusFinding(0);
    else return;
  } else if (key === "ArrowDown" || key === "ArrowUp") {
    const at = links().findIndex((link) => link === target);
    if (at < 0) return;
    focusFinding(key === "ArrowDown" ? at + 1 : at - 1);
  } else if (key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey) {
    filterBox()?.focus();
  } else {
    return;
  }
  event.preventDefault();
});

document.addEventListener("scrollend", remember);
editor.postMessage({ kind: "ready" });

function act({ do: what, place, severity, rule }: DOMStringMap): void {
  switch (what) {
    case "review":
      return editor.postMessage({ kind: "review" });
    case "open":
      return editor.postMessage({ kind: "open", ...placeOf(place ?? "") });
    case "explainRule":
      return editor.postMessage({ kind: "explainRule", rule: rule ?? "" });
    case "severity":
      return look(withSeverity(view, severity as Severity));
    case "rule":
      return look(withRule(view, rule ?? ""));
    case "clear":
      return clear(everything);
  }
}

function look(next: View): void {
  view = next;
  draw();
  remember();
}

/** The button that clears the filter goes away with it. */
function clear(next: View): void {
  look(next);
  filterBox()?.focus();
}

function remember(): void {
  // Before the first page nothing is known that was not remembered.
  if (page !== undefined) editor.setState({ folder, view, scroll: scroll ?? window.scrollY });
}

function draw(): void {
  if (page === undefined) return;
  const focused = document.activeElement?.id ?? "";
  const wanted = regions(page, view);
  for (const id of [...drawn.keys()]) {
    if (wanted.some((region) => region.id === id)) continue;
    document.getElementById(id)?.replaceChildren();
    drawn.delete(id);
  }
  for (const { id, html } of wanted) {
    const text = html.toString();
    const element = document.getElementById(id);
    if (element === null || drawn.get(id) === text) continue;
    // `html` escapes whatever is not its own.
    element.innerHTML = text;
    drawn.set(id, text);
  }
  const box = filterBox();
  if (box !== null && box.value !== view.text) box.value = view.text;
  if (focused !== "" && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

function filterBox(): HTMLInputElement | null {
  return root.querySelector<HTMLInputElement>("#filter-text");
}

function links(): readonly HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>("#findings .message .link")];
}

function focusFinding(at: number): void {
  if (at < 0) filterBox()?.focus();
  else links()[at]?.focus();
}
