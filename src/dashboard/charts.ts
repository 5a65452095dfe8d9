// The plots of traffic over time, in the theme's colours. They live in places of the page that are drawn once, and get new
// data with each page; what the pointer is over is said in words.

import "./known-language";
import uPlot from "uplot";
import { type ChartMoment, type ChartMoments, hitShare } from "./chart-moments";
import { count, percent, short, time } from "./figures";

type ChartName = "calls" | "p95" | "rows" | "hits";

interface Line {
  readonly value: (moment: ChartMoment) => number | null;
  /** A colour of the theme. */
  readonly colour: string;
  readonly asBars?: true;
  readonly isDashed?: true;
}

interface Chart {
  readonly lines: readonly Line[];
  readonly tick: (value: number) => string;
  /** The whole range, where it is known before. */
  readonly range?: readonly [number, number];
  readonly reading: (moment: ChartMoment) => string;
}

const blue = "--vscode-charts-blue";
const orange = "--vscode-charts-orange";
const charts: Readonly<Record<ChartName, Chart>> = {
  calls: { lines: [{ value: ({ calls }) => calls, colour: blue, asBars: true }, { value: ({ errors }) => errors, colour: "--vscode-charts-red", asBars: true }], tick: short, reading: ({ calls, errors }) => `${count(calls)} calls, ${count(errors)} failed` },
  p95: { lines: [{ value: ({ p95 }) => p95, colour: "--vscode-charts-purple" }], tick: (value) => (value === 0 ? "0" : time(value)), reading: ({ p95 }) => time(p95) },
  rows: { lines: [{ value: ({ rowsRead }) => rowsRead, colour: blue }, { value: ({ rowsWritten }) => rowsWritten, colour: orange, isDashed: true }], tick: short, reading: ({ rowsRead, rowsWritten }) => `${count(rowsRead)} read, ${count(rowsWritten)} written` },
  hits: { lines: [{ value: (moment) => (hitShare(moment) === null ? null : hitShare(moment)! * 100), colour: "--vscode-charts-green" }], tick: (value) => `${value}%`, range: [0, 100], reading: (moment) => percent(hitShare(moment)) },
};

const height = 140;

export class Charts {
  readonly #plots = new Map<HTMLElement, uPlot>();
  readonly #sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => this.#fit(target as HTMLElement)));
  #data: ChartMoments = { stepMs: 0, moments: [] };

  constructor() {
    // The theme is the body's class; colours are read when a plot is made.
    new MutationObserver(() => this.#remake()).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  }

  /** In the places that `root` has for them. */
  show(root: HTMLElement, data: ChartMoments): void {
    this.#data = data;
    for (const [place, plot] of this.#plots) {
      if (place.isConnected) plot.setData(dataOf(chartOf(place), data));
      else this.#forget(place);
    }
    for (const place of root.querySelectorAll<HTMLElement>("[data-chart]")) {
      if (this.#plots.has(place)) continue;
      this.#make(place);
      this.#sizes.observe(place);
    }
  }

  #make(place: HTMLElement): void {
    this.#plots.set(place, new uPlot(optionsOf(place, (at) => this.#read(place, at)), dataOf(chartOf(place), this.#data), place));
    this.#read(place, null);
  }

  #forget(place: HTMLElement): void {
    this.#plots.get(place)?.destroy();
    this.#plots.delete(place);
    this.#sizes.unobserve(place);
  }

  #remake(): void {
    for (const [place, plot] of [...this.#plots]) {
      plot.destroy();
      this.#make(place);
    }
  }

  /** Out of sight it has no size. */
  #fit(place: HTMLElement): void {
    if (place.clientWidth > 0) this.#plots.get(place)?.setSize({ width: place.clientWidth, height });
  }

  /** The words for the moment under the pointer, or for the last one. */
  #read(place: HTMLElement, at: number | null): void {
    const moment = this.#data.moments[at ?? this.#data.moments.length - 1];
    const reading = document.getElementById(`reading-${place.dataset["chart"] ?? ""}`);
    if (reading === null || moment === undefined) return;
    const when = new Date(moment.time).toLocaleString(undefined, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
    reading.textContent = `${when}: ${chartOf(place).reading(moment)}`;
  }
}

function chartOf(place: HTMLElement): Chart {
  return charts[place.dataset["chart"] as ChartName];
}

function dataOf({ lines }: Chart, { moments }: ChartMoments): uPlot.AlignedData {
  return [moments.map((moment) => moment.time / 1_000), ...lines.map(({ value }) => moments.map(value))];
}

function optionsOf(place: HTMLElement, pointed: (at: number | null) => void): uPlot.Options {
  const { lines, tick, range } = chartOf(place);
  const styles = getComputedStyle(document.body);
  const colour = (name: string): string => styles.getPropertyValue(name).trim() || styles.color;
  const axis: uPlot.Axis = { stroke: styles.color, font: `11px ${styles.fontFamily}`, ticks: { show: false }, grid: { stroke: colour("--vscode-editorIndentGuide-background1"), width: 1 } };
  return {
    width: Math.max(200, place.clientWidth),
    height,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, sync: { key: "traffic" }, points: { show: false } },
    scales: { y: { range: range === undefined ? (_, __, most) => [0, most > 0 ? most * 1.1 : 1] : [...range] as [number, number] } },
    axes: [{ ...axis, size: 38, grid: { show: false }, space: 70 }, { ...axis, size: 54, space: 28, values: (_, ticks) => ticks.map(tick) }],
    series: [{}, ...lines.map(({ colour: name, asBars, isDashed }): uPlot.Series => ({ stroke: colour(name), width: 1.5, ...(isDashed ? { dash: [5, 3] } : {}), ...(asBars ? { fill: colour(name), paths: uPlot.paths.bars!({ size: [0.8, 24] }) } : {}), points: asBars ? { show: false } : { show: true, filter: (plot, at) => alone(plot.data[at]!), size: 5, fill: colour(name) } }))],
    hooks: { setCursor: [({ cursor: { idx } }) => pointed(idx ?? null)] },
  };
}

/** A moment without a neighbour would not be seen as a line. */
function alone(values: ArrayLike<number | null | undefined>): number[] {
  const isKnown = (at: number): boolean => values[at] != null;
  return Array.from(values, (_, at) => at).filter((at) => isKnown(at) && !isKnown(at - 1) && !isKnown(at + 1));
}
