// The page of the schema's picture as HTML in named regions: tools, a list of the tables that says the same without a
// picture, the picture, and what is known of one table. Pure.

import type { SchemaPage } from "../protocol/pages";
import type { DiagramDatabase, DiagramTable } from "../protocol/report";
import { action, linePlace } from "./asks";
import { depths, type DiagramChoice, matches, shownColumns, shownPart } from "./diagram-choice";
import type { Picture } from "./diagram-layout";
import { rowsText } from "./diagram-layout";
import { columnWords, glyph, pictureParts } from "./diagram-svg";
import { type Html, html, nothing } from "./html";
import { icon } from "./icons";
import { noDatabaseNotice, notice, spinner } from "./notices";
import type { Region } from "./region";
import { filterBox } from "./word-filter";
import { plural } from "./words";

export const schemaSkeleton = html`<header id="bar"></header>
  <div id="notice"></div>
  <div id="diagram">
    <aside aria-label="Tables"><div id="filter"></div><div id="list"></div><div id="details"></div></aside>
    <div id="picture-frame"><div id="picture"></div><div id="zoom"></div><div id="legend"></div></div>
  </div>`;

/** `picture` is undefined as long as there is nothing to draw. */
export function schemaRegions(page: SchemaPage, choice: DiagramChoice, picture: Picture | undefined): readonly Region[] {
  const bar = (content: Html): Region => ({ id: "bar", html: html`<h1>${page.folderName}<span class="kicker">Schema</span></h1>${content}` });
  switch (page.kind) {
    case "waiting":
      return [bar(html`<p class="reviewed" role="status">${spinner}Reading the schema…</p>`)];
    case "failed":
      return [bar(nothing), { id: "notice", html: notice("error", "The schema could not be read", html`<p>${page.message}</p>`) }];
    case "reviewed": {
      const database = page.report?.databases[choice.database] ?? page.report?.databases[0];
      if (page.report === null || database === undefined) return [bar(nothing), { id: "notice", html: noDatabaseNotice(nothing) }];
      if (database.tables.length === 0 || picture === undefined) return [bar(databases(page.report.databases, choice)), { id: "notice", html: noTable }];
      return [bar(tools(page.report.databases, database, choice, page.working)), ...diagram(database, choice, picture)];
    }
  }
}

const noTable = notice("database", "No table yet", html`<p>No migration makes a table, and there is no <code>schema.sql</code>. The picture appears as soon as one does.</p>`);

function diagram(database: DiagramDatabase, choice: DiagramChoice, picture: Picture): readonly Region[] {
  const { tables } = shownPart(database, choice.focus);
  return [
    { id: "filter", html: filterBox("Find a table or a column", "Find a table or column", "list") },
    { id: "list", html: list(matches(tables, choice.text), tables.length, database, choice) },
    { id: "details", html: details(database, choice) },
    { id: "picture", html: html`<svg id="svg" class="picture" tabindex="0" role="img" aria-label="Picture of ${plural(tables.length, "table")} and ${plural(picture.edges.length, "foreign key")}; the list of tables says the same. Arrow keys move it, plus and minus zoom, 0 shows all"><g id="world">${pictureParts(picture, "links")}</g></svg>` },
    { id: "zoom", html: zoomButtons },
    { id: "legend", html: legend },
  ];
}

function databases(all: readonly DiagramDatabase[], { database }: DiagramChoice): Html {
  if (all.length < 2) return nothing;
  return group("Database", all.map(({ binding }, at) => choiceButton("database", String(at), binding, at === database)));
}

function tools(all: readonly DiagramDatabase[], database: DiagramDatabase, choice: DiagramChoice, working: boolean): Html {
  const { tables } = shownPart(database, choice.focus);
  const columns = shownColumns(choice, tables.length);
  const names = tables.length === database.tables.length ? [] : tables.map(({ name }) => name);
  return html`${databases(all, choice)}
    ${group("Columns", [choiceButton("columns", "names", "Names", columns === "names"), choiceButton("columns", "keys", "Keys", columns === "keys"), choiceButton("columns", "all", "All", columns === "all")])}
    ${choice.focus === undefined ? nothing : focusTools(choice.focus)}
    <span class="reviewed" role="status">${working ? html`${spinner}Reviewing…` : html`${plural(tables.length, "table")}${tables.length === database.tables.length ? nothing : html` of ${database.tables.length}`}`}</span>
    <span class="actions">${action({ kind: "showSchemaText" }, "text", "Show as SQL")}${action({ kind: "copyMermaid", database: Math.max(0, all.indexOf(database)), tables: names }, "mermaid", "Copy as Mermaid")}<button type="button" class="secondary" id="export" data-do="export">Save as SVG</button></span>`;
}

function focusTools({ table, depth }: NonNullable<DiagramChoice["focus"]>): Html {
  return html`${group(`Around ${table}`, depths.map((each) => choiceButton("depth", String(each), String(each), each === depth)))}<button type="button" class="secondary" id="all-tables" data-do="allTables">All Tables</button>`;
}

function group(label: string, buttons: readonly Html[]): Html {
  return html`<span class="choices" role="group" aria-label="${label}"><span class="choices-label">${label}</span>${buttons}</span>`;
}

function choiceButton(what: string, to: string, label: string, isChosen: boolean): Html {
  return html`<button type="button" id="${what}-${to}" data-do="${what}" data-to="${to}" aria-pressed="${isChosen ? "true" : "false"}">${label}</button>`;
}

const zoomButtons = html`<button type="button" id="zoom-out" data-do="zoom" data-to="out" title="Zoom out (-)" aria-label="Zoom out">−</button><button type="button" id="zoom-actual" data-do="zoom" data-to="actual" title="Actual size (1)"><span id="scale">100%</span></button><button type="button" id="zoom-in" data-do="zoom" data-to="in" title="Zoom in (+)" aria-label="Zoom in">+</button><button type="button" id="zoom-fit" data-do="zoom" data-to="fit" title="Show all (0)">Fit</button>`;

const legend = html`<ul aria-label="Marks">${[legendItem(glyph("key", "primary", 0, -3), "primary key"), legendItem(glyph("arrow", "foreign", 0, -3), "foreign key"), legendItem(glyph("arrow", "foreign unsupported", 0, -3), "without an index"), legendItem(glyph("index", "index leads", 0, -3), "leads an index"), legendItem(glyph("index", "index unique", 0, -3), "unique")]}<li><span class="not-null-word">NN</span> not null</li></ul>`;

function legendItem(mark: Html, words: string): Html {
  return html`<li><svg class="legend-mark" viewBox="-1 -1 14 14" aria-hidden="true">${mark}</svg> ${words}</li>`;
}

function list(found: readonly DiagramTable[], all: number, { edges }: DiagramDatabase, { text, selected }: DiagramChoice): Html {
  if (found.length === 0) return html`<p class="none" role="status">No table or column has “${text}” in its name</p>`;
  const items = [...found].sort((a, b) => (text.trim() === "" ? (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1) : 0)).map((table) => {
    const isBare = edges.some(({ child, supported }) => child === table.name && !supported);
    return html`<li><button type="button" class="table-item" id="item-${table.name}" data-do="select" data-to="${table.name}"${table.name === selected ? html` aria-current="true"` : nothing}><span class="table-item-name">${table.name}</span>${isBare ? html`<span class="bare" title="A foreign key without an index">${icon("warning")}<span class="unseen">foreign key without an index</span></span>` : nothing}<span class="table-item-rows" title="about ${plural(table.rows, "row")}">${rowsText(table)}</span></button></li>`;
  });
  return html`<p class="unseen" role="status">${found.length === all ? plural(all, "table") : html`${found.length} of ${plural(all, "table")}`}</p><ul class="table-list">${items}</ul>`;
}

function details({ tables, edges }: DiagramDatabase, { selected, focus }: DiagramChoice): Html {
  const table = tables.find(({ name }) => name === selected);
  if (table === undefined) return nothing;
  const parents = edges.filter(({ child }) => child === table.name);
  const children = edges.filter(({ parent }) => parent === table.name);
  return html`<section class="particulars" aria-label="${table.name}"><h2>${table.name}</h2>
    <p class="lead">about ${plural(table.rows, "row")}, ${sources[table.rowsFrom]}</p>
    <p class="particulars-actions">${table.madeIn === null ? nothing : linePlace(table.madeIn.file, table.madeIn.line, html`Open ${table.madeIn.file.slice(table.madeIn.file.lastIndexOf("/") + 1)}:${table.madeIn.line}`)}${focus?.table === table.name ? nothing : html`<button type="button" class="plain" id="focus" data-do="focus" data-to="${table.name}">Only Its Neighbours</button>`}</p>
    <h3>Columns</h3><ul>${table.columns.map((column) => html`<li>${columnWords(column)}</li>`)}</ul>
    ${table.indexes.length === 0 ? nothing : html`<h3>Indexes</h3><ul>${table.indexes.map(({ name, columns, unique, use, madeIn }) => html`<li>${madeIn === null ? name : linePlace(madeIn.file, madeIn.line, html`${name}`)} (${columns.join(", ")})${unique ? " unique" : ""}: ${use}</li>`)}</ul>`}
    ${parents.length === 0 ? nothing : html`<h3>Refers to</h3><ul>${parents.map(({ parent, columns, supported }) => html`<li>${jump(parent)} by ${columns.join(", ")}${supported ? nothing : html` <span class="bare-words">without an index</span>`}</li>`)}</ul>`}
    ${children.length === 0 ? nothing : html`<h3>Referred to by</h3><ul>${children.map(({ child, columns, supported }) => html`<li>${jump(child)} (${columns.join(", ")})${supported ? nothing : html` <span class="bare-words">without an index</span>`}</li>`)}</ul>`}</section>`;
}

const sources: Readonly<Record<DiagramTable["rowsFrom"], string>> = {
  configured: "by plumbline.json",
  measured: "counted in the local database",
  insights: "as recorded",
  seeded: "by migrations and seeds",
  assumed: "assumed",
  "assumed-small": "assumed by its name",
  "assumed-large": "assumed by its name",
};

function jump(table: string): Html {
  return html`<button type="button" class="plain" data-do="select" data-to="${table}">${table}</button>`;
}
