// What is asked at a cursor, on the sample: at any place of its files, however much of them is written.
import assert from "node:assert/strict";
import path from "node:path";
import fc from "fast-check";
import type { SourceFile } from "../../src/core/schema/sources";
import { LanguageRequests } from "../../src/worker/language-requests";
import { UsageError } from "../../src/worker/errors";
import { testEngine } from "../support/engine";
import { reviewFolder, type ReviewedFolder } from "../support/project";

describe("the language requests", () => {
  let reviewed: ReviewedFolder;
  let language: LanguageRequests;
  let files: readonly SourceFile[];

  before(async () => {
    const engine = await testEngine();
    reviewed = await reviewFolder(engine, path.resolve("test/workspaces/finance"));
    const { analysis, snapshot, results } = reviewed;
    const opened = () => ({ analysis, snapshot, folder: "" });
    language = new LanguageRequests({ present: () => snapshot, version: () => 0, opened, reviewed: () => Promise.resolve(opened()), paused: () => Promise.reject(new Error("nothing here takes long")) });
    language.reviewed(analysis, snapshot, results);
    files = [...snapshot.files.values()].filter(({ path: file }) => /\.(?:sql|[jt]s)$/.test(file));
  });
  after(() => reviewed.analysis.close());

  const at = (file: string, edit: (text: string) => string) => {
    const marked = edit(reviewed.snapshot.files.get(file)!.text);
    return { path: file, text: marked.replace("<|>", ""), offset: marked.indexOf("<|>") };
  };
  const labels = (asked: ReturnType<typeof at>): readonly string[] => language.completion(asked)?.items.map(({ label }) => label) ?? [];

  it("answer within the document, and never fail, at any place of any beginning of a file", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), (which, length, place) => {
        const { path: file, text: whole } = files[which % files.length]!;
        const text = whole.slice(0, length % (whole.length + 1));
        const offset = place % (text.length + 1);
        const asked = { path: file, text, offset };
        const isWithin = ({ start, end }: { readonly start: number; readonly end: number }): boolean => 0 <= start && start <= end && end <= text.length;
        const completion = language.completion(asked);
        assert(completion === null || (isWithin(completion.span) && completion.span.start <= offset && offset <= completion.span.end));
        const name = language.name(asked);
        assert(name === null || isWithin(name.span));
        const signature = language.signature(asked);
        assert(signature === null || signature.parameters.every(([start, end]) => start <= end && end <= signature.label.length));
        try {
          assert(language.formatSql({ ...asked, indent: "  " }).every(({ span }) => isWithin(span)));
        } catch (error) {
          assert(error instanceof UsageError, String(error));
        }
      }),
      { numRuns: 150 },
    );
  });

  it("complete a half-typed query in half-typed code", () => {
    const asked = at("functions/api/admin/broadcast.js", (text) => text.replace("SELECT id FROM users", "SELECT u.<|> FROM users u JOIN accounts a ON "));
    assert(labels(asked).includes("email"));
    const joined = at("functions/api/admin/broadcast.js", (text) => text.replace("SELECT id FROM users", "SELECT 1 FROM users u JOIN accounts a ON <|>"));
    assert.equal(labels(joined)[0], "a.user_id = u.id");
  });

  it("offer nothing in the middle of an escape", () => {
    assert.deepEqual(labels(at("functions/api/currencies.js", (text) => text.replace("\\\n", "\\<|>\n"))), []);
  });

  it("offer nothing in code that is no SQL", () => {
    assert.deepEqual(labels(at("functions/api/admin/broadcast.js", (text) => `<|>${text}`)), []);
    assert.deepEqual(labels(at("functions/api/admin/broadcast.js", (text) => `const label = "<|>";\n${text}`)), []);
  });

  it("know which tables the code uses most", () => {
    const found = language.completion(at("migrations/001_users_and_sessions.sql", (text) => `${text}\nSELECT * FROM <|>`))!;
    const [first] = [...found.items].sort((a, b) => a.rank - b.rank);
    assert.equal(first?.label, "transactions");
    const told = language.about({ database: found.database, about: first!.about! });
    assert(told?.kind === "table" && told.madeIn?.file === "migrations/004_transactions.sql" && /rows/.test(told.rows ?? ""));
  });

  it("tell what a name means", () => {
    const name = language.name(at("functions/api/admin/broadcast.js", (text) => text.replace("SELECT id FROM users", "SELECT i<|>d FROM users")));
    assert(name?.described.kind === "column" && name.described.table === "users");
  });
});
