// The script of the webviews: draws the pages that the extension sends, remembers what the user chose to see, and passes on
// what the user asks for. What a page looks like is its own matter: see `page-script.ts`.

import type { PageMemory, PageRequest, Pages, ShowPage } from "../protocol/pages";
import { askOf } from "./asks";
import { CacheMapScript } from "./cache-map-script";
import { dryRunRegions } from "./dry-run-page";
import { Folds } from "./folds";
import { HealthScript } from "./health-script";
import type { Canvas, PageScript } from "./page-script";
import { runSkeleton } from "./run-heading";
import { SchemaScript } from "./schema-script";
import { validationRegions } from "./validation-page";

interface Memory extends PageMemory {
  readonly view: unknown;
  readonly scroll: number;
  /** Parts of the page that the user folded or unfolded. */
  readonly turned: readonly string[];
}

declare function acquireVsCodeApi(): {
  postMessage(message: PageRequest): void;
  getState(): Partial<Memory> | undefined;
  setState(state: Memory): void;
};

const scripts: { readonly [View in keyof Pages]: (canvas: Canvas, remembered: unknown) => PageScript<Pages[View]> } = {
  health: (canvas, remembered) => new HealthScript(canvas, remembered),
  dryRun: () => ({ skeleton: runSkeleton, regions: dryRunRegions }),
  cacheMap: (canvas, remembered) => new CacheMapScript(canvas, remembered),
  schema: (canvas, remembered) => new SchemaScript(canvas, remembered),
  validation: () => ({ skeleton: runSkeleton, regions: validationRegions }),
};

const editor = acquireVsCodeApi();
const remembered = editor.getState();
const root = document.querySelector("main") ?? document.body;
const drawn = new Map<string, string>();
const folds = new Folds(root, remembered?.turned, remember);

/** A webview shows one kind of page for all its life. */
let script: PageScript<unknown> | undefined;
let shown: ShowPage | undefined;
let folder = remembered?.folder ?? "";
/** Where the page stood when it was left; until it can stand there again. */
let scroll = remembered?.scroll;

window.addEventListener("message", ({ data }: MessageEvent<ShowPage>) => {
  if (data.kind !== "show") return;
  if (script === undefined) {
    script = scripts[data.view]({ root, draw: drawAgain, ask: (ask) => editor.postMessage({ ...ask, folder }) }, remembered?.view);
    root.innerHTML = script.skeleton.toString();
  }
  // What was chosen for one folder says nothing about another.
  script.receive?.(data.page, folder === "" || folder === data.folder);
  shown = data;
  folder = data.folder;
  draw();
  if (scroll !== undefined && document.documentElement.scrollHeight - window.innerHeight >= scroll) {
    window.scrollTo(0, scroll);
    scroll = undefined;
  }
  remember();
});

root.addEventListener("click", ({ target }) => {
  const element = target instanceof Element ? target.closest<HTMLElement>("[data-do]") : null;
  if (element === null) return;
  const { do: what, ask = "", to = "" } = element.dataset;
  if (what === "ask") editor.postMessage({ ...askOf(ask), folder: element.closest<HTMLElement>("[data-folder]")?.dataset.folder ?? folder });
  else if (what === "jump") folds.jump(to);
  else script?.press?.(element.dataset);
});

root.addEventListener("input", ({ target }) => script?.input?.(target));

root.addEventListener("keydown", (event) => {
  if (script?.key?.(event) === true) event.preventDefault();
});

document.addEventListener("scrollend", () => {
  scroll = undefined;
  remember();
});
editor.postMessage({ kind: "ready" });

function drawAgain(): void {
  draw();
  remember();
}

function remember(): void {
  // Before the first page nothing is known that was not remembered.
  if (shown !== undefined) editor.setState({ folder, view: script?.chosen, scroll: scroll ?? window.scrollY, turned: folds.turned });
}

function draw(): void {
  if (shown === undefined || script === undefined) return;
  const focused = document.activeElement?.id ?? "";
  const wanted = script.regions(shown.page);
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
    folds.restore(element);
    drawn.set(id, text);
  }
  script.drawn?.();
  if (focused !== "" && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
}
