// The schema's picture as the user works in it: finds, zooms, follows foreign keys, and chooses what is drawn. What it looks
// like is `schema-page.ts`'s.

import type { SchemaPage } from "../protocol/pages";
import type { DiagramDatabase } from "../protocol/report";
import { choiceOf, type DiagramChoice, firstChoice, matches, shownColumns, shownPart, type Sight } from "./diagram-choice";
import { layOut, type Measure, type Picture, type PlacedTable } from "./diagram-layout";
import { exportedSvg, MONOSPACED } from "./diagram-svg";
import type { Canvas, PageScript } from "./page-script";
import { followPointer } from "./follow-pointer";
import { fitted, moved, stepped, transformOf } from "./pan-zoom";
import type { Region } from "./region";
import { schemaRegions, schemaSkeleton } from "./schema-page";

/** Smaller than this, tables show their names alone. */
const FAR = 0.5;
const STEP_PX = 60;

export class SchemaScript implements PageScript<SchemaPage> {
  readonly skeleton = schemaSkeleton;
  readonly #canvas: Canvas;
  readonly #measure = measureIn(document);
  #choice: DiagramChoice;
  #database: DiagramDatabase | undefined;
  #folderName = "";
  /** The picture as it was last laid out, and of what. */
  #laid: { readonly key: string; readonly scope: string; readonly picture: Picture } | undefined;
  #lit: string | undefined;
  /** The table that the list was last scrolled to. */
  #listed: string | undefined;

  /** `remembered` may be anything. */
  constructor(canvas: Canvas, remembered: unknown) {
    this.#canvas = canvas;
    this.#choice = choiceOf(remembered);
    followPointer(canvas.root, "#svg", { sight: () => this.#sight(), move: (to) => this.#look(to), done: () => canvas.draw() });
    canvas.root.addEventListener("pointerover", ({ target }) => this.#light(tablesAt(target)));
    window.addEventListener("resize", () => this.#show());
  }

  get chosen(): DiagramChoice {
    return this.#choice;
  }

  receive(page: SchemaPage, isSameFolder: boolean): void {
    if (!isSameFolder) this.#choice = { ...firstChoice, asked: this.#choice.asked };
    this.#folderName = page.folderName;
    const { wanted } = page;
    if (page.kind !== "reviewed" || page.report === null || wanted === null || wanted.at <= this.#choice.asked) return;
    const table = page.report.databases[wanted.database]?.tables.find(({ name }) => name === wanted.table)?.name;
    this.#choice = { ...this.#choice, asked: wanted.at, database: wanted.database, focus: table === undefined ? undefined : { table, depth: 1 }, selected: table, text: "", sight: undefined };
  }

  regions(page: SchemaPage): readonly Region[] {
    this.#database = page.kind === "reviewed" ? (page.report?.databases[this.#choice.database] ?? page.report?.databases[0]) : undefined;
    return schemaRegions(page, this.#choice, this.#picture());
  }

  press({ do: what, to = "" }: DOMStringMap): void {
    const choice = this.#choice;
    switch (what) {
      case "database":
        return this.#choose({ ...firstChoice, asked: choice.asked, database: Number(to) });
      case "columns":
        return this.#choose({ ...choice, columns: to as DiagramChoice["columns"], sight: undefined });
      case "focus":
        return this.#choose({ ...choice, focus: { table: to, depth: 1 }, sight: undefined });
      case "depth":
        return this.#choose({ ...choice, focus: choice.focus && { ...choice.focus, depth: Number(to) }, sight: undefined });
      case "allTables":
        return this.#choose({ ...choice, focus: undefined, sight: undefined });
      case "select":
        return this.#select(to);
      case "zoom":
        return this.#zoom(to);
      case "export":
        return this.#export();
    }
  }

  input(target: EventTarget | null): void {
    if (target instanceof HTMLInputElement) this.#choose({ ...this.#choice, text: target.value });
  }

  key({ key, target, shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
    if (ctrlKey || metaKey || altKey) return false;
    if (target instanceof HTMLInputElement) return this.#keyOfFilter(key, shiftKey);
    if (key === "/") {
      this.#filterBox()?.focus();
      return true;
    }
    if (key === "Escape" && this.#choice.selected !== undefined) {
      this.#choose({ ...this.#choice, selected: undefined });
      return true;
    }
    return target instanceof Element && target.id === "svg" && this.#keyOfPicture(key);
  }

  drawn(): void {
    const box = this.#filterBox();
    if (box !== null && box.value !== this.#choice.text) box.value = this.#choice.text;
    this.#show();
    this.#mark();
    if (this.#listed === this.#choice.selected) return;
    this.#listed = this.#choice.selected;
    this.#canvas.root.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }

  #keyOfFilter(key: string, isBack: boolean): boolean {
    const { text, selected } = this.#choice;
    if (key === "Escape" && text !== "") {
      this.#choose({ ...this.#choice, text: "" });
      return true;
    }
    if (key !== "Enter" || this.#database === undefined) return false;
    const found = matches(shownPart(this.#database, this.#choice.focus).tables, text);
    const at = found.findIndex(({ name }) => name === selected);
    const next = found.at(at < 0 ? 0 : (at + (isBack ? -1 : 1)) % found.length);
    if (next !== undefined) this.#select(next.name);
    return true;
  }

  #keyOfPicture(key: string): boolean {
    const steps: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [STEP_PX, 0], ArrowRight: [-STEP_PX, 0], ArrowUp: [0, STEP_PX], ArrowDown: [0, -STEP_PX] };
    const step = steps[key];
    const sight = this.#sight();
    if (step !== undefined && sight !== undefined) this.#choose({ ...this.#choice, sight: moved(sight, ...step) });
    else if (key === "+" || key === "=") this.#zoom("in");
    else if (key === "-" || key === "_") this.#zoom("out");
    else if (key === "0") this.#zoom("fit");
    else if (key === "1") this.#zoom("actual");
    else return false;
    return true;
  }

  #choose(choice: DiagramChoice): void {
    this.#choice = choice;
    this.#canvas.draw();
  }

  /** Shows what is known of a table, and the table in the middle, large enough to be read. */
  #select(name: string): void {
    const isShown = (): PlacedTable | undefined => this.#laid?.picture.tables.find(({ table }) => table.name === name);
    // One that the neighbourhood leaves out is shown among all.
    const choice = isShown() === undefined ? { ...this.#choice, focus: undefined } : this.#choice;
    this.#choice = { ...choice, selected: name };
    this.#picture();
    const placed = isShown();
    const sight = this.#sight();
    this.#choose(placed === undefined || sight === undefined ? this.#choice : { ...this.#choice, sight: { x: placed.x + placed.width / 2, y: placed.y + placed.height / 2, scale: Math.max(sight.scale, 0.8) } });
  }

  #zoom(way: string): void {
    const sight = this.#sight();
    if (sight === undefined) return;
    this.#choose({ ...this.#choice, sight: way === "fit" ? undefined : way === "actual" ? { ...sight, scale: 1 } : stepped(sight, way === "in" ? "in" : "out") });
  }

  /** Laid out once for the same tables; what was in the middle stays there when a review changes them. */
  #picture(): Picture | undefined {
    if (this.#database === undefined || this.#database.tables.length === 0) return undefined;
    const { focus, sight } = this.#choice;
    const { tables, edges } = shownPart(this.#database, focus);
    const columns = shownColumns(this.#choice, tables.length);
    const scope = JSON.stringify([this.#choice.database, focus, columns]);
    const key = JSON.stringify([scope, tables, edges]);
    if (this.#laid?.key === key) return this.#laid.picture;
    const picture = layOut(tables, edges, columns, this.#measure);
    if (this.#laid?.scope === scope && sight !== undefined) this.#choice = { ...this.#choice, sight: kept(sight, this.#laid.picture, picture) };
    this.#laid = { key, scope, picture };
    return picture;
  }

  /** Undefined as long as nothing is drawn. */
  #sight(): Sight | undefined {
    const picture = this.#laid?.picture;
    return this.#choice.sight ?? (picture && fitted(picture, this.#frame()));
  }

  #frame(): { readonly width: number; readonly height: number } {
    const { width = 0, height = 0 } = this.#canvas.root.querySelector("#picture")?.getBoundingClientRect() ?? {};
    return { width, height };
  }

  #look(sight: Sight): void {
    this.#choice = { ...this.#choice, sight };
    this.#show();
  }

  #show(): void {
    const sight = this.#sight();
    const world = this.#canvas.root.querySelector("#world");
    if (sight === undefined || world === null) return;
    world.setAttribute("transform", transformOf(sight, this.#frame()));
    world.classList.toggle("from-far", sight.scale < FAR);
    const scale = this.#canvas.root.querySelector("#scale");
    if (scale !== null) scale.textContent = `${Math.round(sight.scale * 100)}%`;
  }

  #light(tables: readonly string[]): void {
    const key = JSON.stringify(tables);
    if (key === this.#lit) return;
    this.#lit = key;
    this.#mark(tables);
  }

  /** What the pointer is over, else what is looked for, else the selected table stands out, with its foreign keys. */
  #mark(over: readonly string[] = []): void {
    const world = this.#canvas.root.querySelector("#world");
    if (world === null || this.#database === undefined) return;
    const { text, selected } = this.#choice;
    const chosen = new Set(over.length > 0 ? over : selected === undefined ? [] : [selected]);
    const isEdgeLit = ({ parent = "", child = "" }: DOMStringMap): boolean => (over.length === 2 ? chosen.has(parent) && chosen.has(child) : chosen.has(parent) || chosen.has(child));
    const near = new Set(chosen);
    for (const edge of world.querySelectorAll<SVGGElement>(".edge")) {
      const isLit = isEdgeLit(edge.dataset);
      edge.classList.toggle("lit", isLit);
      if (isLit) near.add(edge.dataset["parent"] ?? "").add(edge.dataset["child"] ?? "");
    }
    const found = text.trim() === "" ? undefined : new Set(matches(this.#database.tables, text).map(({ name }) => name));
    for (const table of world.querySelectorAll<SVGGElement>(".table")) {
      const name = table.dataset["table"] ?? "";
      table.classList.toggle("chosen", name === selected);
      table.classList.toggle("found", found?.has(name) === true);
      table.classList.toggle("near", near.has(name));
    }
    world.classList.toggle("some-lit", chosen.size > 0);
    world.classList.toggle("searching", found !== undefined && chosen.size === 0);
  }

  /** By a font that is as wide everywhere, whatever the editor's is. */
  #export(): void {
    if (this.#database === undefined) return;
    const { tables, edges } = shownPart(this.#database, this.#choice.focus);
    const measure: Measure = (text) => [...text].length * 12 * MONOSPACED;
    const name = this.#choice.focus === undefined ? this.#database.binding : this.#choice.focus.table;
    this.#canvas.ask({ kind: "saveSvg", name, svg: exportedSvg(layOut(tables, edges, shownColumns(this.#choice, tables.length), measure), `${this.#folderName}: ${name}`) });
  }

  #filterBox(): HTMLInputElement | null {
    return this.#canvas.root.querySelector<HTMLInputElement>("#filter-text");
  }
}

/** The table that is nearest to the middle stays where it is. */
function kept(sight: Sight, before: Picture, after: Picture): Sight {
  const middle = ({ x, y, width, height }: PlacedTable) => ({ x: x + width / 2, y: y + height / 2 });
  const far = (table: PlacedTable): number => Math.hypot(middle(table).x - sight.x, middle(table).y - sight.y);
  const there = new Map(after.tables.map((table) => [table.table.name, table]));
  const nearest = [...before.tables].sort((a, b) => far(a) - far(b)).find(({ table }) => there.has(table.name));
  if (nearest === undefined) return sight;
  const [from, to] = [middle(nearest), middle(there.get(nearest.table.name)!)];
  return { ...sight, x: sight.x + to.x - from.x, y: sight.y + to.y - from.y };
}

/** The table, or both ends of the foreign key, under the pointer. */
function tablesAt(target: EventTarget | null): readonly string[] {
  if (!(target instanceof Element)) return [];
  const table = target.closest<SVGGElement>("[data-table]")?.dataset["table"];
  if (table !== undefined) return [table];
  const { parent, child } = target.closest<SVGGElement>(".edge")?.dataset ?? {};
  return parent === undefined || child === undefined ? [] : parent === child ? [parent] : [parent, child];
}

/** In the font that the page's style sheet gives to the picture. */
function measureIn(page: Document): Measure {
  const context = page.createElement("canvas").getContext("2d");
  const family = getComputedStyle(page.documentElement).getPropertyValue("--vscode-editor-font-family") || "monospace";
  return (text, weight) => {
    if (context === null) return [...text].length * 12 * MONOSPACED;
    context.font = `${weight === "bold" ? "600 " : ""}12px ${family}`;
    return context.measureText(text).width;
  };
}
