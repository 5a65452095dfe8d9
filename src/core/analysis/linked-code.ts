// The code files of a snapshot, linked: what each says by itself is worked out once a text, the link between them once
// a snapshot, and a file that neither changed nor hangs on what changed keeps its facts.

import type { LinkedFile } from "../host/call-site";
import { noFacts } from "../host/facts";
import { Gradual } from "../host/gradual";
import type { Resolver } from "../host/heads";
import { link } from "../host/link";
import type { Linked } from "../host/link";
import type { ModuleFacts } from "../host/module-facts";
import { moduleFacts } from "../host/read-module";
import { moduleResolver } from "../host/resolve-module";
import type { Served } from "../host/served";
import type { SourceFile } from "../schema/sources";
import { fileFacts } from "./file-facts";
import type { FileFacts } from "./file-facts";
import type { Snapshot } from "./snapshot";

export class LinkedCode {
  readonly #onRead: () => void;
  readonly #modules = new WeakMap<SourceFile, ModuleFacts>();
  readonly #facts = new WeakMap<SourceFile, { readonly linked: LinkedFile; readonly facts: FileFacts }>();
  readonly #all = new WeakMap<Snapshot, readonly FileFacts[]>();
  #resolver: { readonly key: readonly unknown[]; readonly resolver: Resolver } | undefined;
  #linking: { readonly snapshot: Snapshot; readonly key: readonly unknown[]; readonly linked: Gradual<Linked> } | undefined;
  /** What was linked last. */
  #before: Linked | undefined;

  /** `onRead` hears of each file that is read anew. */
  constructor(onRead: () => void) {
    this.#onRead = onRead;
  }

  isRead(file: SourceFile): boolean {
    return this.#modules.has(file);
  }

  /** What one file says by itself. */
  read(file: SourceFile): ModuleFacts {
    const known = this.#modules.get(file);
    if (known !== undefined) return known;
    this.#onRead();
    const module = moduleFacts(file.path, file.text);
    this.#modules.set(file, module);
    return module;
  }

  /** What a file says with what the files around it add. The same object as long as nothing of that changed. */
  facts(snapshot: Snapshot, file: SourceFile): FileFacts {
    const linked = this.#link(snapshot).result.files.get(file.path) ?? noFacts;
    const known = this.#facts.get(file);
    if (known?.linked === linked) return known.facts;
    const facts = fileFacts(file, linked);
    this.#facts.set(file, { linked, facts });
    return facts;
  }

  /** Those of all code files, in order; looked up once a snapshot, which every rule about the project asks for. */
  all(snapshot: Snapshot): readonly FileFacts[] {
    let all = this.#all.get(snapshot);
    if (all === undefined) this.#all.set(snapshot, (all = codeFiles(snapshot).map((file) => this.facts(snapshot, file))));
    return all;
  }

  /** What requests reach, and what is cached on the way; worked out once for the same code. */
  served(snapshot: Snapshot): Served {
    return this.#link(snapshot).result.served.result;
  }

  /** The work that `facts` would do at once, in pieces. */
  linking(snapshot: Snapshot): Generator<void, void> {
    return this.#link(snapshot).pieces();
  }

  /** The work that `served` would do at once, in pieces. */
  *serving(snapshot: Snapshot): Generator<void, void> {
    const linked = this.#link(snapshot);
    yield* linked.pieces();
    yield* linked.result.served.pieces();
  }

  #link(snapshot: Snapshot): Gradual<Linked> {
    if (this.#linking?.snapshot === snapshot) return this.#linking.linked;
    const modules = new Map(codeFiles(snapshot).map((file) => [file.path, this.read(file)] as const));
    const resolver = this.#resolverOf(snapshot);
    const { wrappers } = snapshot.settings;
    const key = [resolver, JSON.stringify(wrappers), ...modules.values()];
    // A migration, or a setting, is no concern of the code.
    const isSame = this.#linking !== undefined && sameItems(this.#linking.key, key);
    const linked = isSame ? this.#linking!.linked : new Gradual(() => this.#linkNow(modules, resolver, wrappers));
    this.#linking = { snapshot, key, linked };
    return linked;
  }

  *#linkNow(modules: ReadonlyMap<string, ModuleFacts>, resolver: Resolver, wrappers: readonly string[]): Generator<void, Linked> {
    const linked = yield* link(modules, resolver, { wrappers, previous: this.#before });
    this.#before = linked;
    return linked;
  }

  #resolverOf(snapshot: Snapshot): Resolver {
    const configurations = new Map([...snapshot.files].filter(([path]) => /(^|\/)(package|jsconfig|tsconfig[^/]*)\.json$/.test(path)).map(([path, file]) => [path, file.text]));
    const key = [snapshot.code.join("\n"), ...[...configurations].flat()];
    if (this.#resolver === undefined || !sameItems(this.#resolver.key, key)) {
      this.#resolver = { key, resolver: moduleResolver({ files: snapshot.code, configurations }) };
    }
    return this.#resolver.resolver;
  }
}

const filesOf = new WeakMap<Snapshot, readonly SourceFile[]>();

export function codeFiles(snapshot: Snapshot): readonly SourceFile[] {
  const known = filesOf.get(snapshot);
  if (known !== undefined) return known;
  const files = snapshot.code.flatMap((path) => snapshot.files.get(path) ?? []);
  filesOf.set(snapshot, files);
  return files;
}

const codePaths = new WeakMap<readonly string[], ReadonlySet<string>>();

export function isCode(snapshot: Snapshot, path: string): boolean {
  let paths = codePaths.get(snapshot.code);
  if (paths === undefined) codePaths.set(snapshot.code, (paths = new Set(snapshot.code)));
  return paths.has(path);
}

export function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, at) => item === b[at]);
}
