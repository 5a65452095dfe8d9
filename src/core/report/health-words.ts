// Figures of the health report as people read them, the same in every format.

export function rows(value: number): string {
  if (value > 0 && value < 1) return "under 1";
  return Number(value < 100 ? value.toFixed(value < 10 && value % 1 !== 0 ? 1 : 0) : value.toPrecision(3)).toLocaleString("en-US");
}

export function rowsOf(value: number): string {
  const shown = rows(value);
  return `${shown} ${shown === "1" || shown === "under 1" ? "row" : "rows"}`;
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

export function time(ms: number | null): string {
  if (ms === null) return "–";
  if (ms >= 10_000) return `${Math.round(ms / 1_000)} s`;
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`;
  return ms >= 10 || ms === 0 ? `${Math.round(ms)} ms` : ms >= 0.1 ? `${ms.toFixed(1)} ms` : `${ms.toFixed(2)} ms`;
}

export function percent(share: number): string {
  const value = share * 100;
  return `${value > 0 && value < 10 ? value.toFixed(1).replace(/\.0$/, "") : Math.round(value)}%`;
}

export function money(dollars: number): string {
  if (dollars >= 100) return `$${Math.round(dollars).toLocaleString("en-US")}`;
  return dollars >= 0.01 || dollars === 0 ? `$${dollars.toFixed(2)}` : "under $0.01";
}

export function plural(count: number, one: string, several = `${one}s`): string {
  return `${whole(count)} ${Math.round(count) === 1 ? one : several}`;
}

/** A statement on one line. */
export function oneLine(sql: string, longest: number): string {
  const line = sql.replace(/\s+/g, " ").trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
