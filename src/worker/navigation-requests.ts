// The requests about names: where a thing was made, who uses it, and what another name would change. What all the code
// names comes from the reviews; a literal that no review knows is read by itself.

import type { Analysis } from "../core/analysis/analysis";
import { nearest, type ReviewedDatabase } from "../core/analysis/databases";
import { codePlaces, hasMeaning, type NamePlace, plainPlaces, sqlPlaces } from "../core/analysis/name-places";
import { refusalOfRename, renameInSchema, renameInStatement } from "../core/analysis/rename-names";
import type { Snapshot } from "../core/analysis/snapshot";
import { sqlTokens } from "../core/analysis/sql-tokens";
import type { Meaning } from "../core/language/name-use";
import { isSqlFile, sqlAt } from "../core/language/cursor";
import { foldsOf, outlineOf } from "../core/language/sql-outline";
import { foldsOfCode } from "../core/analysis/code-folds";
import type { IndexUsers } from "../core/report/index-lenses";
import type { Engine } from "../core/schema/engine";
import { placeOfOrigin, usersPlaces } from "./name-origins";
import type { ChangeData, PlaceData, Requests } from "../protocol/worker";
import { UsageError } from "./errors";
import { placesOfUnknown } from "./unknown-literal";
import type { FolderAtHand } from "./migration-requests";

export type NavigationMethod = "definition" | "references" | "highlights" | "renameAt" | "rename" | "outline" | "folds" | "tokens";

type Params<M extends NavigationMethod> = Requests[M]["params"];

export interface NavigationAtHand extends FolderAtHand {
  /** Rejects where the text is another one by now. */
  presentWith(path: string, version: number): Snapshot;
  version(path: string): number;
  usersOf(snapshot: Snapshot, database: ReviewedDatabase): IndexUsers;
  analysis(): Analysis;
}

export class NavigationRequests {
  readonly #engine: Engine;
  readonly #at: NavigationAtHand;
  #all: { readonly snapshot: Snapshot; readonly places: readonly NamePlace[] } | undefined;

  constructor(engine: Engine, at: NavigationAtHand) {
    this.#engine = engine;
    this.#at = at;
  }

  definition({ path, version, offset }: Params<"definition">): Requests["definition"]["result"] {
    const snapshot = this.#at.presentWith(path, version);
    const at = this.#placeAt(snapshot, path, offset);
    if (at === undefined) return null;
    const places = at.meanings.flatMap((meaning) => this.#declared(snapshot, at, meaning) ?? []);
    return places.length === 0 ? null : { origin: at.span, places };
  }

  async references({ path, version, offset, declarations }: Params<"references">): Promise<Requests["references"]["result"]> {
    const snapshot = await this.#reviewedWith(path, version);
    const at = this.#placeAt(snapshot, path, offset);
    if (at === undefined) return [];
    const all = this.#allPlaces(snapshot).filter((place) => place.database === at.database && at.meanings.some((meaning) => hasMeaning(place, meaning)));
    const own = at.meanings.every(({ kind }) => kind === "local") ? all.filter((place) => place.file === path) : all;
    const indexes = at.meanings.flatMap((meaning) => (meaning.kind === "index" ? usersPlaces(meaning.name, this.#at.usersOf(snapshot, at.database), (file) => this.#at.analysis().file(snapshot, file)?.review) : []));
    const named = own.filter(({ role }) => declarations || role !== "declares").map(({ file, span }): PlaceData => ({ file, span }));
    return inOrder([...named, ...indexes]);
  }

  /** In the statement alone. */
  highlights({ path, version, offset }: Params<"highlights">): Requests["highlights"]["result"] {
    const snapshot = this.#at.presentWith(path, version);
    const at = this.#placeAt(snapshot, path, offset);
    if (at === undefined) return [];
    const same = this.#placesIn(snapshot, path).filter((place) => place.statement === at.statement && place.exact && at.meanings.some((meaning) => hasMeaning(place, meaning)));
    return (same.length === 0 ? [at] : same).map(({ span, role }) => ({ span, declares: role === "declares" }));
  }

  renameAt({ path, version, offset }: Params<"renameAt">): Requests["renameAt"]["result"] {
    const snapshot = this.#at.presentWith(path, version);
    const text = snapshot.files.get(path)?.text ?? "";
    // Elsewhere the language's own server knows what can be renamed.
    if (this.#placeAt(snapshot, path, offset) === undefined && sqlAt(path, text, offset) === undefined) return null;
    const at = this.#renameable(snapshot, path, offset);
    return { span: at.span, name: nameOf(at.meanings[0]!) };
  }

  async rename({ path, version, offset, name }: Params<"rename">): Promise<Requests["rename"]["result"]> {
    const snapshot = await this.#reviewedWith(path, version);
    const at = this.#renameable(snapshot, path, offset);
    const [meaning] = at.meanings;
    const input = { engine: this.#engine, files: snapshot.files, database: at.database, places: this.#allPlaces(snapshot) };
    const result = meaning?.kind === "local" ? renameInStatement({ ...input, places: this.#placesIn(snapshot, path) }, at, meaning, name) : renameInSchema(input, meaning as Extract<Meaning, { kind: "table" | "column" }>, name);
    if (!result.ok) throw new UsageError(result.message);
    const changes = [...result.edits].map(([file, edits]): ChangeData => ({ kind: "edit", file, version: this.#at.version(file), edits }));
    return { name: nameOf(meaning!), changes: result.migration === undefined ? changes : [...changes, result.migration], starred: result.starred };
  }

  outline({ text }: Params<"outline">): Requests["outline"]["result"] {
    return outlineOf(text);
  }

  folds({ path, version, text }: Params<"folds">): Requests["folds"]["result"] {
    if (text !== null) return foldsOf(text);
    const review = this.#at.analysis().file(this.#at.presentWith(path, version), path)?.review;
    return review === undefined ? [] : foldsOfCode(review);
  }

  tokens({ path, version }: Params<"tokens">): Requests["tokens"]["result"] {
    const review = this.#at.analysis().file(this.#at.presentWith(path, version), path)?.review;
    return review === undefined ? [] : sqlTokens(review);
  }

  #renameable(snapshot: Snapshot, path: string, offset: number): NamePlace {
    const at = this.#placeAt(snapshot, path, offset);
    const [meaning, ...others] = at?.meanings ?? [];
    if (at === undefined || meaning === undefined) throw new UsageError("There is no name of a table, a column or an alias here that could be renamed");
    if (others.length > 0) throw new UsageError("This name stands for columns of several tables: rename it where one of them is meant");
    const refused = refusalOfRename(meaning, at.database);
    if (refused !== undefined) throw new UsageError(refused);
    return at;
  }

  #placeAt(snapshot: Snapshot, path: string, offset: number): NamePlace | undefined {
    const at = (places: readonly NamePlace[]) => places.filter(({ span, exact }) => exact && span.start <= offset && offset <= span.end).sort((a, b) => a.span.end - a.span.start - (b.span.end - b.span.start))[0];
    const found = at(this.#placesIn(snapshot, path));
    if (found !== undefined || isSqlFile(path)) return found;
    const databases = this.#at.analysis().databases(snapshot);
    const database = nearest(databases, path)[0];
    return database && at(placesOfUnknown(snapshot.files.get(path), offset, database));
  }

  #placesIn(snapshot: Snapshot, path: string): readonly NamePlace[] {
    const review = this.#at.analysis().file(snapshot, path)?.review;
    if (review !== undefined) return codePlaces(review);
    const databases = this.#at.analysis().databases(snapshot);
    const own = databases.flatMap((database) => sqlPlaces(database, snapshot.files).filter(({ file }) => file === path));
    const database = nearest(databases, path)[0];
    return own.length > 0 || database === undefined || !isSqlFile(path) ? own : plainPlaces(snapshot.files.get(path), database);
  }

  /** Pauses while the code is read, once for each state of the folder. */
  async #reviewedWith(path: string, version: number): Promise<Snapshot> {
    if (this.#all?.snapshot !== this.#at.present()) await this.#at.reviewed();
    return this.#at.presentWith(path, version);
  }

  #allPlaces(snapshot: Snapshot): readonly NamePlace[] {
    if (this.#all?.snapshot !== snapshot) this.#all = { snapshot, places: this.#readAll(snapshot) };
    return this.#all.places;
  }

  #readAll(snapshot: Snapshot): readonly NamePlace[] {
    const code = snapshot.code.flatMap((path) => {
      const review = this.#at.analysis().file(snapshot, path)?.review;
      return review === undefined ? [] : codePlaces(review);
    });
    return [...code, ...this.#at.analysis().databases(snapshot).flatMap((database) => sqlPlaces(database, snapshot.files))];
  }

  #declared(snapshot: Snapshot, at: NamePlace, meaning: Meaning): PlaceData | undefined {
    if (meaning.kind === "local") return { file: at.file, span: meaning.declared };
    const declared = (): readonly NamePlace[] => sqlPlaces(at.database, snapshot.files).filter((place) => place.role === "declares" && hasMeaning(place, meaning));
    return placeOfOrigin(at.database, meaning, declared) ?? this.#madeByCode(snapshot, at, meaning);
  }

  /** A table that the code makes at run time. */
  #madeByCode(snapshot: Snapshot, at: NamePlace, meaning: Meaning): PlaceData | undefined {
    if (meaning.kind === "function") return undefined;
    const found = this.#allPlaces(snapshot).find((place) => place.database === at.database && place.role === "declares" && hasMeaning(place, meaning));
    return found && { file: found.file, span: found.span };
  }
}

function nameOf(meaning: Meaning): string {
  switch (meaning.kind) {
    case "table":
      return meaning.table;
    case "column":
      return meaning.column;
    case "local":
      return "";
    default:
      return meaning.name;
  }
}

function inOrder(places: readonly PlaceData[]): readonly PlaceData[] {
  const seen = new Set<string>();
  const once = places.filter(({ file, span }) => {
    const key = `${file}:${span.start}:${span.end}`;
    return seen.has(key) ? false : seen.add(key);
  });
  return once.sort((a, b) => (a.file === b.file ? a.span.start - b.span.start : a.file < b.file ? -1 : 1));
}
