import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import path from "node:path";
import type { FileFindings } from "../../src/protocol/worker";
import { cleanUp, folderOf, startServer, uriOf, wordFinders } from "./harness";

describe("diagnostics", () => {
  afterEach(cleanUp);

  it("come with the document's version, and follow what is typed", async () => {
    const folder = await folderOf({ "schema.sql": "" });
    const client = await startServer({ folders: [folder], makeWorker: wordFinders().make });
    const uri = uriOf(folder, "api.ts");

    await client.open(uri, "db.prepare(`scan`);", 7);
    await client.idle();
    assert.deepEqual(client.underlined(uri), ["scan"]);
    assert.equal(client.published.at(-1)?.version, 7);

    await client.type(uri, "scan", "seek");
    await client.idle();
    assert.deepEqual(client.diagnostics(uri), []);
    assert.equal(client.published.at(-1)?.version, 8);
  });

  it("say what, why and which rule", async () => {
    const folder = await folderOf({ "schema.sql": "" });
    const client = await startServer({ folders: [folder], makeWorker: wordFinders().make });
    const uri = uriOf(folder, "api.js");
    await client.open(uri, "scan");
    await client.idle();
    const [diagnostic] = client.diagnostics(uri);
    assert.equal(diagnostic?.message, "It scans\nEvery row is read");
    assert.equal(diagnostic.code, "unindexed-filter");
    assert.match(diagnostic.codeDescription?.href ?? "", /^https:\/\/.+\/rules\/unindexed-filter\.md$/);
    assert.equal(diagnostic.source, "plumbline");
    assert.equal(diagnostic.severity, 2);
    assert.deepEqual(diagnostic.data, { key: 0 });
  });

  const texts: Readonly<Record<string, string>> = {
    "emoji before it on the line": "const a = '😀😀'; db.prepare('scan');",
    "combining marks and wide letters": "// e\u0301 漢字\nconst x = '漢'; db.prepare('scan');",
    "CRLF line ends": "one\r\ntwo\r\n  db.prepare('scan');\r\n",
    "lone CR line ends": "one\rtwo\r  db.prepare('scan');\r",
    "a byte order mark that the editor counts": "\ufeffdb.prepare('scan');",
  };
  for (const [title, text] of Object.entries(texts)) {
    it(`stand at the right place with ${title}`, async () => {
      const folder = await folderOf({ "schema.sql": "" });
      const finders = wordFinders();
      const client = await startServer({ folders: [folder], makeWorker: finders.make });
      const uri = uriOf(folder, "api.ts");
      await client.idle();
      // The worker counts without a byte order mark.
      finders.made[0]!.intercept = (method, params) => {
        const overlay = params as { text?: string; path?: string; version?: number };
        if (method !== "overlay" || !overlay.text?.startsWith("\ufeff")) return undefined;
        return finders.made[0]!.request("overlay", { path: overlay.path!, version: overlay.version!, text: overlay.text.slice(1) });
      };
      await client.open(uri, text);
      await client.idle();
      assert.deepEqual(client.underlined(uri), ["scan"]);
    });
  }

  it("of a closed file stand where its text on disk has them", async () => {
    const text = "-- é 😀\r\nscan";
    const folder = await folderOf({ "migrations/0001_a.sql": `\ufeff${text}` });
    const client = await startServer({ folders: [folder], makeWorker: wordFinders({ "migrations/0001_a.sql": text }).make });
    const uri = uriOf(folder, "migrations/0001_a.sql");
    await client.idle();
    assert.deepEqual(client.underlined(uri, text), ["scan"]);
    assert.equal(client.published.at(-1)?.version, undefined);
  });

  it("of a file that is gone are dropped", async () => {
    const folder = await folderOf({ "schema.sql": "scan", "gone.sql": "scan" });
    await rm(path.join(folder, "gone.sql"));
    const client = await startServer({ folders: [folder], makeWorker: wordFinders({ "schema.sql": "scan", "gone.sql": "scan" }).make });
    await client.idle();
    assert.deepEqual(client.published.map(({ uri }) => uri), [uriOf(folder, "schema.sql")]);
  });

  it("of a file that is deleted later are taken back", async () => {
    const folder = await folderOf({ "schema.sql": "scan" });
    const client = await startServer({ folders: [folder], makeWorker: wordFinders({ "schema.sql": "scan" }).make });
    const uri = uriOf(folder, "schema.sql");
    await client.idle();
    assert.equal(client.diagnostics(uri).length, 1);
    await rm(path.join(folder, "schema.sql"));
    await client.filesChanged(uri);
    await client.idle();
    assert.deepEqual(client.diagnostics(uri), []);
  });

  it("for an outdated text are dropped", async () => {
    const folder = await folderOf({ "schema.sql": "" });
    const finders = wordFinders();
    const client = await startServer({ folders: [folder], makeWorker: finders.make });
    const uri = uriOf(folder, "api.ts");
    await client.idle();
    const [worker] = finders.made;
    const held: { readonly revision: number; readonly answer: (found: FileFindings) => void }[] = [];
    const holding = new Promise<void>((begun) => {
      worker!.intercept = (method, params) => {
        if (method !== "overlay" || held.length > 0) return undefined;
        return new Promise((answer) => {
          held.push({ revision: (params as { version: number }).version, answer });
          begun();
        });
      };
    });
    await client.open(uri, "one scan", 1);
    await holding;
    const { revision, answer } = held[0]!;
    await client.type(uri, "one scan", "two scan scan");
    // Only when the server has the new text does the old one's answer come.
    await client.ask("databases", null);
    answer({ ...worker!.findings(""), path: "api.ts", version: revision, findings: [{ ...someFinding(), span: { start: 0, end: 8 } }] });
    await client.idle();
    const published = client.published.filter((params) => params.uri === uri);
    assert(published.length > 0);
    for (const { version, diagnostics } of published) assert.deepEqual([version, diagnostics.length], [2, 2]);
  });

  it("of an older event do not replace newer ones, though a version is used again", async () => {
    const folder = await folderOf({ "schema.sql": "" });
    const finders = wordFinders();
    const client = await startServer({ folders: [folder], makeWorker: finders.make });
    const uri = uriOf(folder, "api.ts");
    await client.open(uri, "scan scan scan", 1);
    await client.idle();
    const old = finders.made[0]!.findings("api.ts");
    await client.close(uri);
    await client.open(uri, "scan", 1);
    await client.idle();
    const before = client.published.length;
    finders.made[0]!.onEvent({ event: "findings", files: [old] });
    await client.idle();
    assert.equal(client.published.length, before);
    assert.deepEqual(client.underlined(uri), ["scan"]);
  });

  it("send one text at a time, the latest", async () => {
    const folder = await folderOf({ "schema.sql": "" });
    const finders = wordFinders();
    const client = await startServer({ folders: [folder], makeWorker: finders.make });
    const uri = uriOf(folder, "api.ts");
    await client.open(uri, "0");
    await client.idle();
    const [worker] = finders.made;
    let underWay = 0;
    worker!.intercept = (method, params) => {
      if (method !== "overlay") return undefined;
      underWay++;
      assert.equal(underWay, 1, "two texts are under way");
      return new Promise((resolve) => setImmediate(resolve)).then(() => {
        underWay--;
        const overlay = params as { path: string; text: string; version: number };
        worker!.texts.set(overlay.path, overlay);
        return worker!.findings(overlay.path);
      });
    };
    for (let n = 0; n < 50; n++) await client.type(uri, String(n), String(n + 1));
    await client.idle();
    assert.equal(worker!.texts.get("api.ts")?.text, "50");
    assert(worker!.count("overlay") < 50, `${worker!.count("overlay")} texts were sent`);
  });

  it("name related places in other files, open or not", async () => {
    const folder = await folderOf({ "schema.sql": "CREATE TABLE t (x);\n", "api.ts": "" });
    const finders = wordFinders();
    const client = await startServer({ folders: [folder], makeWorker: finders.make });
    await client.idle();
    const related = [
      { file: "schema.sql", span: { start: 13, end: 14 }, message: "made here" },
      { file: "gone.sql", span: { start: 0, end: 1 }, message: "gone" },
    ];
    finders.made[0]!.onEvent({ event: "findings", files: [{ path: "api.ts", version: 0, findings: [{ ...someFinding(), related }] }] });
    await client.idle();
    const [diagnostic] = client.diagnostics(uriOf(folder, "api.ts"));
    assert.deepEqual(diagnostic?.relatedInformation, [
      { location: { uri: uriOf(folder, "schema.sql"), range: { start: { line: 0, character: 13 }, end: { line: 0, character: 14 } } }, message: "made here" },
    ]);
  });
});

function someFinding(): FileFindings["findings"][number] {
  return { key: 0, rule: "unindexed-filter", severity: "warning", span: { start: 0, end: 0 }, anchor: 0, message: "m", why: undefined, related: [], data: {} };
}
