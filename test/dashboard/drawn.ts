// A page as its readers meet it: what they see and hear, and what they can ask for.
import { askOf } from "../../src/dashboard/asks";
import type { Region } from "../../src/dashboard/region";
import type { PageAsk } from "../../src/protocol/pages";

/** The regions' HTML by their ids. */
export function drawnRegions(regions: readonly Region[]): ReadonlyMap<string, string> {
  return new Map(regions.map(({ id, html }) => [id, html.toString()]));
}

/** What a reader sees and hears: without tags, blanks joined. */
export function words(html: string | undefined): string {
  return unescaped((html ?? "").replaceAll(/<[^>]*>/g, " ")).replaceAll(/\s+/g, " ").trim();
}

export function asksIn(html: string | undefined): readonly PageAsk[] {
  return [...(html ?? "").matchAll(/data-ask="([^"]*)"/g)].map(([, data]) => askOf(unescaped(data!)));
}

/** The places that links lead to. */
export function placesIn(html: string | undefined): readonly Omit<Extract<PageAsk, { kind: "open" }>, "kind">[] {
  return asksIn(html).flatMap((ask) => (ask.kind === "open" ? [{ file: ask.file, range: ask.range }] : []));
}

function unescaped(text: string): string {
  return text.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
}
