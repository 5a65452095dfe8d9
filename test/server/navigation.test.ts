// Definitions, references, renames and what else an editor asks of names, on the sample project and on small ones.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { CreateFile, DocumentHighlight, DocumentSymbol, FoldingRange, Location, Position, Range, TextDocumentEdit, WorkspaceEdit } from "vscode-languageserver/node";
import { cleanUp, folderOf, startServer, type TestClient, uriOf } from "./harness";
import { realAnalysis } from "./real-analysis";

const sample = path.resolve("test/workspaces/finance");
const renaming = { workspace: { workspaceEdit: { documentChanges: true, resourceOperations: ["create"], changeAnnotationSupport: {} } } };

describe("names of SQL", () => {
  const makeWorker = realAnalysis();
  afterEach(cleanUp);

  class Project {
    readonly client: TestClient;
    readonly folder: string;

    constructor(client: TestClient, folder: string) {
      this.client = client;
      this.folder = folder;
    }

    /** Opens a file and asks at `<|>` in a piece of its text. */
    async at<T>(method: string, file: string, marked: string, more: object = {}): Promise<T> {
      const uri = await this.open(file);
      return this.client.connection.sendRequest<T>(`textDocument/${method}`, { textDocument: { uri }, position: await this.position(file, marked), ...more });
    }

    async open(file: string): Promise<string> {
      const uri = uriOf(this.folder, file);
      if (!this.#open.has(file)) await this.client.open(uri, await this.text(file));
      this.#open.add(file);
      await this.client.idle();
      return uri;
    }

    readonly #open = new Set<string>();

    text(file: string): Promise<string> {
      return readFile(path.join(this.folder, file), "utf8");
    }

    async position(file: string, marked: string): Promise<Position> {
      const text = await this.text(file);
      const start = text.indexOf(marked.replace("<|>", ""));
      assert(start >= 0, `${file} has no ${marked}`);
      return TextDocument.create("", "", 0, text).positionAt(start + marked.indexOf("<|>"));
    }

    /** `file:line: text under the range`. */
    async shown(places: readonly Location[] | null): Promise<string[]> {
      return Promise.all(
        (places ?? []).map(async ({ uri, range }) => {
          const file = decodeURIComponent(uri.slice(uriOf(this.folder).length + 1));
          return `${file}:${range.start.line + 1}: ${TextDocument.create("", "", 0, await this.text(file)).getText(range)}`;
        }),
      );
    }
  }

  async function start(folder: string, capabilities: object = renaming): Promise<Project> {
    const client = await startServer({ folders: [folder], makeWorker, capabilities, initializationOptions: {} });
    await client.idle();
    return new Project(client, folder);
  }

  const small = {
    "wrangler.toml": '[[d1_databases]]\nbinding = "DB"\ndatabase_name = "shop"\ndatabase_id = "x"\n',
    "migrations/0001_start.sql": "CREATE TABLE orders (\n  id INTEGER PRIMARY KEY,\n  mail TEXT NOT NULL\n);\nCREATE TABLE lines (order_id INTEGER REFERENCES orders (id), price REAL);\nCREATE INDEX lines_order ON lines (order_id);\n",
    "migrations/0002_more.sql": "ALTER TABLE orders ADD COLUMN state TEXT;\nALTER TABLE orders RENAME COLUMN mail TO email;\n",
    "src/api.ts": [
      "export async function read(env) {",
      "  const one = await env.DB.prepare(\"SELECT o.email, o.state AS s FROM orders o JOIN lines l ON l.order_id = o.id WHERE o.email = ?1 ORDER BY s\").bind('a').first();",
      "  const all = await env.DB.prepare(`",
      "    WITH open AS (SELECT id, email FROM orders WHERE state = 'open')",
      "    SELECT open.email FROM open",
      "  `).all();",
      "  const raw = await env.DB.prepare('SELECT * FROM orders').all();",
      "  return [one, all, raw];",
      "}",
      "export const later = \"SELECT email FROM orders\";",
      "",
    ].join("\n"),
  };
  const shop = async (more: Readonly<Record<string, string>> = {}): Promise<Project> => start(await folderOf({ ...small, ...more }));

  describe("definition", () => {
    it("is the line of the migration that made it", async () => {
      const project = await start(sample);
      const api = "functions/api/transactions/index.js";
      const definition = async (marked: string) => project.shown(await project.at<Location[]>("definition", api, marked));
      assert.deepEqual(await definition("account_id, category_<|>id, date, amount, type, description\n     FROM"), ["migrations/004_transactions.sql:6: category_id"]);
      assert.deepEqual(await definition("FROM <|>transactions"), ["migrations/004_transactions.sql:2: transactions"]);
      assert.deepEqual(await definition("FROM accounts <|>a"), [`${api}:29: a`]);
      assert.deepEqual(await definition("WHERE a<|>.id = ?1"), [`${api}:29: a`]);
      assert.deepEqual(await definition("url.searchParams.<|>get"), []);
    });

    it("follows ADD COLUMN and RENAME, common table expressions and results", async () => {
      const project = await shop();
      const definition = async (marked: string, file = "src/api.ts") => project.shown(await project.at<Location[]>("definition", file, marked));
      assert.deepEqual(await definition("WHERE o.<|>email"), ["migrations/0002_more.sql:2: email"]);
      assert.deepEqual(await definition("o.<|>state"), ["migrations/0002_more.sql:1: state"]);
      assert.deepEqual(await definition("FROM <|>open\n"), ["src/api.ts:4: open"]);
      assert.deepEqual(await definition("open.<|>email"), ["migrations/0002_more.sql:2: email"]);
      assert.deepEqual(await definition("ORDER BY <|>s"), ["src/api.ts:2: s"]);
      assert.deepEqual(await definition("<|>email FROM orders\";"), ["migrations/0002_more.sql:2: email"]);
      assert.deepEqual(await definition("ON <|>lines", "migrations/0001_start.sql"), ["migrations/0001_start.sql:5: lines"]);
      assert.deepEqual(await definition("  <|>mail", "migrations/0001_start.sql"), ["migrations/0002_more.sql:2: email"]);
    });
  });

  describe("references", () => {
    it("are the queries and migrations that name it", async () => {
      const project = await shop();
      const references = async (file: string, marked: string) => project.shown(await project.at<Location[]>("references", file, marked, { context: { includeDeclaration: true } }));
      const email = ["migrations/0001_start.sql:3: mail", "migrations/0002_more.sql:2: mail", "migrations/0002_more.sql:2: email", "src/api.ts:2: email", "src/api.ts:2: email", "src/api.ts:4: email", "src/api.ts:5: email"];
      assert.deepEqual(await references("src/api.ts", "WHERE o.<|>email"), email);
      assert.deepEqual(await references("migrations/0001_start.sql", "  <|>mail"), email);
      assert.deepEqual(await references("migrations/0001_start.sql", "INDEX <|>lines_order"), ["migrations/0001_start.sql:6: lines_order", "src/api.ts:2: SELECT o.email, o.state AS s FROM orders o JOIN lines l ON l.order_id = o.id WHERE o.email = ?1 ORDER BY s"]);
      assert.deepEqual(await references("src/api.ts", "orders <|>o "), ["src/api.ts:2: o", "src/api.ts:2: o", "src/api.ts:2: o", "src/api.ts:2: o", "src/api.ts:2: o"]);
      const without = await project.at<Location[]>("references", "src/api.ts", "o.<|>state", { context: { includeDeclaration: false } });
      assert.deepEqual(await project.shown(without), ["src/api.ts:2: state", "src/api.ts:4: state"]);
    });

    it("follow a table that is built anew", async () => {
      const project = await shop({ "migrations/0003_rebuild.sql": "CREATE TABLE orders_new (id INTEGER PRIMARY KEY, email TEXT, state TEXT);\nINSERT INTO orders_new SELECT id, email, state FROM orders;\nDROP TABLE orders;\nALTER TABLE orders_new RENAME TO orders;\n" });
      const found = await project.shown(await project.at<Location[]>("references", "src/api.ts", "o.<|>state", { context: { includeDeclaration: true } }));
      assert.deepEqual(found, ["migrations/0002_more.sql:1: state", "migrations/0003_rebuild.sql:1: state", "migrations/0003_rebuild.sql:2: state", "src/api.ts:2: state", "src/api.ts:4: state"]);
    });
  });

  describe("rename", () => {
    const edited = (edit: WorkspaceEdit, folder: string) =>
      Object.fromEntries(
        (edit.documentChanges ?? []).flatMap((change) => {
          if (!("textDocument" in change) || change.edits.some((one) => "annotationId" in one && one.annotationId === "note")) return [];
          return [[change.textDocument.uri.slice(uriOf(folder).length + 1), (change as TextDocumentEdit).edits.map((one) => ("newText" in one ? one.newText : ""))]];
        }),
      );
    const failure = async (asked: Promise<unknown>): Promise<string> => {
      const error: unknown = await asked.then(() => undefined, (reason: unknown) => reason);
      return error instanceof Error ? error.message : "no error";
    };

    it("of a column is a migration with its rollback, and the edits of the queries", async () => {
      const project = await shop();
      const place = await project.at<{ range: Range; placeholder: string }>("prepareRename", "src/api.ts", "WHERE o.<|>email");
      assert.equal(place.placeholder, "email");
      const edit = await project.at<WorkspaceEdit>("rename", "src/api.ts", "WHERE o.<|>email", { newName: "address" });
      assert.deepEqual(edited(edit, project.folder), {
        "migrations/0003_rename_orders_email_to_address.sql": ["ALTER TABLE orders RENAME COLUMN email TO address;\n"],
        "migrations/rollbacks/0003_rename_orders_email_to_address.down.sql": ["ALTER TABLE orders RENAME COLUMN address TO email;\n"],
        "src/api.ts": ["address AS email", "address", "address", "address AS email"],
      });
      assert.equal(edit.documentChanges?.filter((change) => (change as CreateFile).kind === "create").length, 2);
      assert.equal(edit.changeAnnotations?.["note"]?.needsConfirmation, true, "the editor shows it before it is made");
      assert.match(edit.changeAnnotations?.["note"]?.description ?? "", /SELECT \*.*src\/api\.ts:7/);
    });

    it("edits once what several forms of a text share", async () => {
      const project = await shop({ "src/forms.ts": "export const find = (env, state) => env.DB.prepare(`SELECT order_id FROM lines ${state ? 'WHERE price > 1' : ''} ORDER BY price`).all();\n" });
      const edit = await project.at<WorkspaceEdit>("rename", "src/forms.ts", "FROM <|>lines", { newName: "items" });
      assert.deepEqual(edited(edit, project.folder)["src/forms.ts"], ["items"]);
    });

    it("of a table edits every query that names it", async () => {
      const project = await shop({ "seed.sql": "INSERT INTO orders (id) VALUES (1);\n" });
      const edit = await project.at<WorkspaceEdit>("rename", "migrations/0001_start.sql", "TABLE <|>orders", { newName: "order" });
      const { "src/api.ts": queries, ...files } = edited(edit, project.folder);
      assert.deepEqual(queries, ['\\"order\\"', '"order"', '"order"']);
      assert.deepEqual(Object.keys(files).slice(0, 1), ["migrations/0003_rename_orders_to_order.sql"]);
    });

    it("of an alias stays in its query", async () => {
      const project = await shop();
      const edit = await project.at<WorkspaceEdit>("rename", "src/api.ts", "orders <|>o ", { newName: "ord" });
      assert.deepEqual(edited(edit, project.folder), { "src/api.ts": ["ord", "ord", "ord", "ord", "ord"] });
      assert.match(await failure(project.at("rename", "src/api.ts", "orders <|>o ", { newName: "l" })), /declared in this statement already/);
    });

    it("is refused with the reason", async () => {
      const shared = "const KEY = 'id';\nexport const a = (env) => env.DB.prepare(`SELECT ${KEY} FROM orders WHERE state = ?`).all();\nexport const b = (env, other) => env.DB.prepare(`SELECT ${KEY} FROM extra`).all();\n";
      const project = await shop({ "src/shared.ts": shared, "migrations/0003_extra.sql": "CREATE TABLE extra (id INTEGER PRIMARY KEY);\n" });
      const renamed = (marked: string, newName: string) => failure(project.at("rename", "src/api.ts", marked, { newName }));
      assert.match(await renamed("o.<|>state", "email"), /has a column `email` already/);
      assert.match(await renamed("FROM <|>orders o", "lines"), /There is a table, view or index `lines` already/);
      assert.match(await renamed("FROM <|>orders o", "sqlite_orders"), /SQLite keeps names/);
      assert.match(await renamed("FROM <|>orders o", "_cf_orders"), /D1 keeps names/);
      assert.match(await renamed("FROM <|>orders o", " "), /cannot be empty/);
      assert.match(await renamed("o.<|>id WHERE", "key"), /other names share.*: src\/shared\.ts:1/);
      const prepared = (marked: string) => failure(project.at("prepareRename", "src/api.ts", marked));
      assert.match(await prepared("SEL<|>ECT o.email"), /no name of a table/);
      assert.match(await prepared("AS <|>s FROM"), /reads the rows by the name/);
      assert.equal(await project.at("prepareRename", "src/api.ts", "return [<|>one"), null);
    });
  });

  it("symbols of an SQL file are what it makes", async () => {
    const project = await shop();
    const uri = await project.open("migrations/0001_start.sql");
    const symbols = await project.client.connection.sendRequest<DocumentSymbol[]>("textDocument/documentSymbol", { textDocument: { uri } });
    assert.deepEqual(symbols.map(({ name, detail, children }) => [name, detail, children?.map((child) => `${child.name} ${child.detail ?? ""}`)]), [
      ["orders", "", ["id INTEGER", "mail TEXT"]],
      ["lines", "", ["order_id INTEGER", "price REAL"]],
      ["lines_order", "on lines", []],
    ]);
  });

  it("folds statements and queries of several lines", async () => {
    const project = await shop();
    const folds = async (file: string) => {
      const uri = await project.open(file);
      const found = await project.client.connection.sendRequest<FoldingRange[]>("textDocument/foldingRange", { textDocument: { uri } });
      return found.map(({ startLine, endLine }) => [startLine, endLine]);
    };
    assert.deepEqual(await folds("migrations/0001_start.sql"), [[0, 3]]);
    assert.deepEqual(await folds("src/api.ts"), [[2, 5]]);
  });

  it("highlights a name in its statement alone", async () => {
    const project = await shop();
    const found = await project.at<DocumentHighlight[]>("documentHighlight", "src/api.ts", "WHERE o.<|>email");
    assert.deepEqual(found.map(({ range }) => range.start.line), [1, 1]);
    assert.equal(await project.at("documentHighlight", "src/api.ts", "return [<|>one"), null);
  });

  it("tokens stand in SQL alone", async () => {
    const project = await shop();
    const uri = await project.open("src/api.ts");
    const full = await project.client.connection.sendRequest<{ data: number[]; resultId: string }>("textDocument/semanticTokens/full", { textDocument: { uri } });
    const words = await tokenTexts(project, "src/api.ts", full.data);
    assert.deepEqual(words.slice(0, 5), ["o:variable", "email:property", "o:variable", "state:property", "s:property"]);
    assert.ok(words.every((word) => !/^(?:env|one|all|raw|const|await)\b/.test(word)), words.join(" "));
    const again = await project.client.connection.sendRequest<{ edits: unknown[] }>("textDocument/semanticTokens/full/delta", { textDocument: { uri }, previousResultId: full.resultId });
    assert.deepEqual(again.edits, []);
    const range = { start: { line: 1, character: 0 }, end: { line: 1, character: 60 } };
    const part = await project.client.connection.sendRequest<{ data: number[] }>("textDocument/semanticTokens/range", { textDocument: { uri }, range });
    assert.ok(part.data.length > 0 && part.data.length < full.data.length);
  });

  const types = ["keyword", "string", "number", "operator", "comment", "parameter", "class", "property", "variable", "function"];
  async function tokenTexts(project: Project, file: string, data: readonly number[]): Promise<string[]> {
    const lines = (await project.text(file)).split("\n");
    let [line, character] = [0, 0];
    return Array.from({ length: data.length / 5 }, (_, at) => {
      const [down = 0, right = 0, length = 0, type = 0] = data.slice(at * 5, at * 5 + 4);
      character = down === 0 ? character + right : right;
      line += down;
      return `${lines[line]!.slice(character, character + length)}:${types[type]}`;
    });
  }
});
