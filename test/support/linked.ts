// Links the files of a fixture, and says of each query and each call in a loop what was found.

import type { CallSite, Hop, LoopCall } from "../../src/core/host/call-site";
import { Gradual } from "../../src/core/host/gradual";
import { link, type Linked, type LinkOptions } from "../../src/core/host/link";
import { moduleFacts } from "../../src/core/host/read-module";
import { moduleResolver } from "../../src/core/host/resolve-module";
import { assertMarks, parseFixture, type Fixture } from "./fixture";

export function linkFixture({ files }: Fixture, options: LinkOptions = {}): Linked {
  const code = [...files].filter(([path]) => !path.endsWith(".json"));
  const resolver = moduleResolver({ files: code.map(([path]) => path), configurations: new Map([...files].filter(([path]) => path.endsWith(".json"))) });
  return new Gradual(() => link(new Map(code.map(([path, text]) => [path, moduleFacts(path, text)])), resolver, options)).result;
}

/** Asserts the label of every query: by default its status, unless it is resolved, and its texts. */
export function checkSites(source: string, label: (site: CallSite, fixture: Fixture) => string = textLabel, options: LinkOptions = {}): void {
  const fixture = parseFixture(source);
  for (const [path, { sites }] of linkFixture(fixture, options).files) {
    assertMarks(fixture, path, sites.map((site) => ({ span: site.name, label: label(site, fixture) })));
  }
}

/** Asserts the label of every call in a loop that reaches the database. */
export function checkLoopCalls(source: string): void {
  const fixture = parseFixture(source);
  for (const [path, { loopCalls }] of linkFixture(fixture).files) {
    assertMarks(fixture, path, loopCalls.map((call) => ({ span: call.name, label: loopLabel(call, fixture) })));
  }
}

/** `partial SELECT … | SELECT …`, holes as `‹kind›`. */
export function textLabel({ sql }: CallSite): string {
  const texts = sql.variants.map(({ text, holes }) => {
    let rendered = "";
    let at = 0;
    for (const { span, kind } of holes) {
      rendered += `${text.slice(at, span.start)}‹${kind}›`;
      at = span.end;
    }
    return (rendered + text.slice(at)).replace(/\s+/g, " ").trim();
  });
  return [sql.status === "resolved" ? "" : sql.status, texts.join(" | ")].filter((part) => part !== "").join(" ");
}

/** `path:line` of each call on the way. */
export function viaLabel(via: readonly Hop[], { files }: Fixture): string {
  return via.map(({ file, span }) => `${file}:${(files.get(file) ?? "").slice(0, span.start).split("\n").length}`).join(" > ");
}

function loopLabel({ callee, loop, reaches, via }: LoopCall, fixture: Fixture): string {
  const counts = [reaches.reads > 0 ? `${reaches.reads} read` : "", reaches.writes > 0 ? `${reaches.writes} write` : ""].filter((part) => part !== "").join(", ");
  return `${callee} ${loop.form} ${loop.shape}${loop.because === undefined ? "" : ` (${loop.because})`}: ${counts}, ${viaLabel(via, fixture)}`;
}
