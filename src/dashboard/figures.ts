// Figures of recorded traffic as the dashboard writes them; a dash where nothing is known.

import { duration } from "./words";

const unknown = "–";

export function count(value: number | null): string {
  if (value === null) return unknown;
  if (value > 0 && value < 1) return "< 1";
  return Number(value < 100 ? value.toFixed(value < 10 && value % 1 !== 0 ? 1 : 0) : value.toPrecision(3)).toLocaleString("en");
}

/** In little room: `1.2M`. */
export function short(value: number | null): string {
  return value === null ? unknown : value.toLocaleString("en", { notation: "compact", maximumFractionDigits: value < 10 ? 1 : value < 1_000 ? 0 : 1 });
}

export function time(ms: number | null): string {
  return ms === null ? unknown : duration(ms);
}

export function percent(share: number | null): string {
  if (share === null) return unknown;
  const value = share * 100;
  return `${value > 0 && value < 10 ? value.toFixed(1).replace(/\.0$/, "") : Math.round(value)}%`;
}

export function money(dollars: number): string {
  if (dollars >= 100) return `$${Math.round(dollars).toLocaleString("en")}`;
  return dollars >= 0.01 || dollars === 0 ? `$${dollars.toFixed(2)}` : "under $0.01";
}
