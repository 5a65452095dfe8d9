// Tables that are sorted by a press on a column's title: the titles, and the order of the rows.

import { type Html, html } from "./html";

export interface Sort {
  readonly column: string;
  readonly descending: boolean;
}

export interface SortColumn<Row> {
  readonly id: string;
  readonly title: string;
  readonly meaning?: string;
  /** Numbers begin with the greatest. Null stands last in any order; undefined where a column sorts nothing. */
  readonly value?: (row: Row) => number | string | null;
  readonly cell: (row: Row) => Html | string;
  readonly kind?: "number" | "wide";
}

/** Rows that are drawn at first, and more with each press. */
export const rowsAtOnce = 25;

export function sorted<Row>(rows: readonly Row[], columns: readonly SortColumn<Row>[], sort: Sort | undefined): readonly Row[] {
  const value = columns.find(({ id }) => id === sort?.column)?.value;
  if (sort === undefined || value === undefined) return rows;
  return [...rows].sort((a, b) => {
    const one = value(a);
    const other = value(b);
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    const order = typeof one === "string" ? one.localeCompare(String(other)) : one - Number(other);
    return sort.descending ? -order : order;
  });
}

/** The order after a press on a column's title. */
export function pressed<Row>(columns: readonly SortColumn<Row>[], before: Sort | undefined, column: string): Sort | undefined {
  if (before?.column === column) return { column, descending: !before.descending };
  const pressedColumn = columns.find(({ id }) => id === column);
  return pressedColumn === undefined ? before : { column, descending: pressedColumn.kind === "number" };
}

export interface SortTable<Row> {
  /** Names the table among others of the page. */
  readonly id: string;
  readonly label: string;
  readonly columns: readonly SortColumn<Row>[];
  readonly rows: readonly Row[];
  readonly sort: Sort | undefined;
  /** Rows that are drawn. */
  readonly most: number;
}

/** The rows are drawn in the order given. */
export function sortTable<Row>({ id, label, columns, rows, sort, most }: SortTable<Row>): Html {
  const head = columns.map(({ id: column, title, meaning = "", value, kind }) => {
    const order = sort?.column === column ? (sort.descending ? "descending" : "ascending") : "none";
    const name = value === undefined ? html`<span title="${meaning}">${title}</span>` : html`<button type="button" class="sort" id="sort-${id}-${column}" data-do="sort" data-table="${id}" data-column="${column}" title="${meaning}">${title}<span class="arrow" aria-hidden="true"></span></button>`;
    return html`<th scope="col" class="${kind ?? ""}"${value === undefined ? "" : html` aria-sort="${order}"`}>${name}</th>`;
  });
  const body = rows.slice(0, most).map((row) => html`<tr>${columns.map(({ cell, kind, title }) => html`<td class="${kind ?? ""}" data-label="${title}">${cell(row)}</td>`)}</tr>`);
  const left = rows.length - most;
  const more = left <= 0 ? "" : html`<p class="more-rows"><button type="button" class="secondary" id="more-${id}" data-do="more" data-table="${id}">Show ${Math.min(left, rowsAtOnce)} More</button> <span class="why">of ${left.toLocaleString("en")} that are not shown</span></p>`;
  return html`<table class="grid sortable" aria-label="${label}"><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>${more}`;
}
