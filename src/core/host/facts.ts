// What one code file says about SQL by itself: its facts, linked with no other file.

import type { HostFacts } from "./call-site";
import { Gradual } from "./gradual";
import { link } from "./link";
import { moduleFacts } from "./read-module";

export const noFacts: HostFacts = { sites: [], loopCalls: [], sequences: [], repeats: [], ddl: [], comments: [] };

export function hostFacts(path: string, text: string): HostFacts {
  return new Gradual(() => link(new Map([[path, moduleFacts(path, text)]]), () => undefined)).result.files.get(path) ?? noFacts;
}
