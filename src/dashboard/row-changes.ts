// The rows of each table before and after a migration, with the cause of each loss. Tables that keep their rows are folded.

import type { LostRowsReport, MigrationDryRunReport } from "../protocol/report";
import { linePlace } from "./asks";
import { type Html, html, nothing, prose } from "./html";
import { icon } from "./icons";
import { numeral, plural } from "./words";

type TableRows = MigrationDryRunReport["rows"][number];

export function rowChanges(file: string, rows: readonly TableRows[], lost: readonly LostRowsReport[], id: string): Html {
  if (rows.length === 0 && lost.length === 0) return nothing;
  const losses = (table: string): readonly LostRowsReport[] => lost.filter((loss) => loss.table === table);
  const unlisted = lost.filter(({ table }) => !rows.some((one) => one.table === table)).map(({ table, before, after }) => ({ table, before, after }));
  const changed = [...rows.filter((one) => one.before !== one.after || losses(one.table).length > 0), ...unlisted];
  const kept = rows.filter((one) => !changed.includes(one));
  const keeping = changed.length === 0 ? `${plural(kept.length, "table")}, and all of them keep their rows` : `${plural(kept.length, "table")} more, which ${kept.length === 1 ? "keeps its" : "keep their"} rows`;
  return html`${changed.length === 0 ? nothing : table(changed.map((one) => html`${counts(one)}${losses(one.table).map((loss) => cause(loss, file))}`))}
    ${kept.length === 0 ? nothing : html`<details id="${id}-kept" class="more-rows"><summary>${keeping}</summary>${table(kept.map(counts))}</details>`}`;
}

function table(rows: readonly Html[]): Html {
  return html`<table class="grid rows"><thead><tr><th scope="col">Table</th><th scope="col" class="number">Before</th><th scope="col" class="number">After</th><th scope="col" class="number">Change</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function counts({ table: name, before, after }: TableRows): Html {
  const difference = after - before;
  const words = difference === 0 ? "" : `${difference > 0 ? "+" : "−"}${numeral(Math.abs(difference))}`;
  return html`<tr><td class="name">${name}</td><td class="number">${numeral(before)}</td><td class="number">${numeral(after)}</td><td class="number ${difference < 0 ? "shrunk" : difference > 0 ? "grown" : ""}">${words}</td></tr>`;
}

/** A loss that the statement itself states is no surprise. */
function cause({ lost, column, table: name, cause: words, line, stated }: LostRowsReport, file: string): Html {
  const what = column === undefined ? `${plural(lost, "row")} lost` : html`${plural(lost, "value")} of <code>${name}.${column}</code> lost`;
  return html`<tr class="cause"><td colspan="4"><div>${icon(stated ? "info" : "error")}<span><strong>${what}</strong> ${prose(words)}${line === undefined ? nothing : html` ${linePlace(file, line, html`line ${line}`)}`}</span></div></td></tr>`;
}
