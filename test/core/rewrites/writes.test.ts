// Writes of a loop as batches: each rewrite is executed against the same rows as the code before it.

import assert from "node:assert/strict";
import { prove, proveRewrite, proveWithheld, withAllFixes, type Loop } from "../../support/rewrite-proof";

const schema = `
CREATE TABLE shelves (id INTEGER PRIMARY KEY, label TEXT NOT NULL, height INTEGER);
CREATE TABLE books (id INTEGER PRIMARY KEY, shelf_id INTEGER REFERENCES shelves(id) ON DELETE CASCADE, isbn TEXT NOT NULL UNIQUE, title TEXT, pages INTEGER DEFAULT 0, changed TEXT);
CREATE TABLE loans (book_id INTEGER NOT NULL, reader TEXT NOT NULL, PRIMARY KEY (book_id, reader));
INSERT INTO shelves (id, label, height) VALUES (1, 'top', 30), (2, 'middle', NULL), (3, 'low', 40);
INSERT INTO books (id, shelf_id, isbn, title, pages) VALUES (1, 1, 'a-1', 'Atlas', 120), (2, 1, 'b-2', NULL, 80), (3, 2, 'c-3', 'Cello', 300), (4, NULL, 'd-4', 'Dune', 412);
INSERT INTO loans (book_id, reader) VALUES (1, 'ann'), (1, 'ben'), (3, 'ann');
`;
const many = Array.from({ length: 230 }, (_, n) => ({ isbn: `m-${n}`, title: `Title ${n}`, pages: n }));
const books = [[[]], [[{ isbn: "x-1", title: "Xylo", pages: 9 }]], [[{ isbn: "x-1", title: null, pages: null }, { isbn: "x-2", title: "Yes", pages: 1.5 }, { isbn: "x-3", title: "", pages: true }]], [many]];
const ids = [[[]], [[1]], [[1, 2, 3, 4]], [[3, 3, 99, null]]];

const loop = (code: string, inputs: Loop["inputs"], path?: string): Loop => ({ schema, code, inputs, ...(path === undefined ? {} : { path }) });
const becomes = async (one: Loop, expected: string): Promise<void> => assert.equal(await proveRewrite("Collect the statements", one), expected);
const isProven = (one: Loop): Promise<string> => proveRewrite("Collect the statements", one);

describe("writes of a loop", () => {
  it("collects in a case of a switch", async () => {
    const before = `export async function run(env, ids, action) {
  switch (action) {
    case "drop":
      for (const id of ids) {
        await env.DB.prepare("DELETE FROM books WHERE id = ?").bind(id).run();
      }
      return ids.length;
    default:
      if (!action) return 0;
      for (const id of ids) {
        await env.DB.prepare("UPDATE books SET title = ? WHERE id = ?").bind(action, id).run();
      }
  }
  return -1;
}
`;
    const after = await withAllFixes({ schema, code: before });
    assert.ok(!after.includes(".run()"), after);
    await prove({ schema, path: "functions/run.js", before, after, inputs: [[[], "drop"], [[1, 3], "drop"], [[1, 3, 9], "new"]] });
  });

  it("collects in the loop and sends after it", () =>
    becomes(
      loop(
        `export async function run(env, books) {
  for (const book of books) {
    await env.DB.prepare("INSERT INTO books (isbn, title, pages) VALUES (?, ?, ?)")
      .bind(book.isbn, book.title, book.pages)
      .run();
  }
}
`,
        books,
      ),
      `export async function run(env, books) {
  const statements = [];
  for (const book of books) {
    statements.push(env.DB.prepare("INSERT INTO books (isbn, title, pages) VALUES (?, ?, ?)")
      .bind(book.isbn, book.title, book.pages));
  }
  for (let i = 0; i < statements.length; i += 100) {
    await env.DB.batch(statements.slice(i, i + 100));
  }
}
`,
    ));

  it("maps a list that is known as one, where the turn is one line", () =>
    becomes(
      loop(
        `export async function run(env: Env, ids: number[]) {
  for (const id of ids) {
    await env.DB.prepare("DELETE FROM loans WHERE book_id = ?").bind(id).run();
  }
  return ids.length;
}
`,
        ids,
        "src/run.ts",
      ),
      `export async function run(env: Env, ids: number[]) {
  const statements = ids.map((id) => env.DB.prepare("DELETE FROM loans WHERE book_id = ?").bind(id));
  for (let i = 0; i < statements.length; i += 100) {
    await env.DB.batch(statements.slice(i, i + 100));
  }
  return ids.length;
}
`,
    ));

  it("sends one batch where the list cannot be long, and none where it is empty", () =>
    becomes(
      loop(
        `export async function run(env, body) {
  if (!Array.isArray(body.ids) || body.ids.length > 50) return "too many"
  for (const id of body.ids) await env.DB.prepare('DELETE FROM books WHERE id = ?').bind(id).run()
  return "done"
}
`,
        [[{ ids: [] }], [{ ids: [1, 2] }], [{}], [{ ids: Array.from({ length: 51 }, (_, n) => n) }]],
      ),
      `export async function run(env, body) {
  if (!Array.isArray(body.ids) || body.ids.length > 50) return "too many"
  const statements = body.ids.map((id) => env.DB.prepare('DELETE FROM books WHERE id = ?').bind(id))
  if (statements.length > 0) await env.DB.batch(statements)
  return "done"
}
`,
    ));

  it("keeps comments, skips, counts and what the values are made of", () =>
    becomes(
      loop(
        `export async function run(env, books) {
  let added = 0;
  // Only what has a title.
  for (const book of books) {
    if (!book.title) continue;
    const title = book.title.trim(); // no blanks
    await env.DB.prepare(\`
      INSERT INTO books (isbn, title)
      VALUES (?, ?)
    \`).bind(
      book.isbn, // the key
      title
    ).run();
    added++;
  }
  return added;
}
`,
        books,
      ),
      `export async function run(env, books) {
  let added = 0;
  // Only what has a title.
  const statements = [];
  for (const book of books) {
    if (!book.title) continue;
    const title = book.title.trim(); // no blanks
    statements.push(env.DB.prepare(\`
      INSERT INTO books (isbn, title)
      VALUES (?, ?)
    \`).bind(
      book.isbn, // the key
      title
    ));
    added++;
  }
  for (let i = 0; i < statements.length; i += 100) {
    await env.DB.batch(statements.slice(i, i + 100));
  }
  return added;
}
`,
    ));

  it("takes a statement that was prepared before the loop", () =>
    becomes(
      loop(
        `export async function run({ DB }, ids) {
	const touch = DB.prepare("UPDATE books SET pages = pages + 1 WHERE id = ?");
	for (const id of new Set(ids)) {
		await touch.bind(id).run();
	}
}
`,
        ids,
      ),
      `export async function run({ DB }, ids) {
	const touch = DB.prepare("UPDATE books SET pages = pages + 1 WHERE id = ?");
	const statements = [];
	for (const id of new Set(ids)) {
		statements.push(touch.bind(id));
	}
	for (let i = 0; i < statements.length; i += 100) {
		await DB.batch(statements.slice(i, i + 100));
	}
}
`,
    ));

  it("takes two writes of a turn in their order", () =>
    isProven(
      loop(
        `export async function run(env, ids) {
  for (const id of ids) {
    await env.DB.prepare("DELETE FROM loans WHERE book_id = ?").bind(id).run();
    if (id > 1) await env.DB.prepare("UPDATE books SET changed = 'now', pages = pages * 2 WHERE id = ?").bind(id).run();
  }
}
`,
        ids,
      ),
    ));

  it("collects over nested lists", () =>
    isProven(
      loop(
        `export async function run(env, groups) {
  for (const group of groups) {
    for (const reader of group.readers) {
      await env.DB.prepare("INSERT OR IGNORE INTO loans (book_id, reader) VALUES (?, ?)").bind(group.book, reader).run();
    }
  }
}
`,
        [[[]], [[{ book: 1, readers: ["ann", "cid"] }, { book: 2, readers: [] }, { book: 4, readers: ["dee", "dee"] }]]],
      ),
    ));

  it("collects within an outer turn that reads", () =>
    becomes(
      loop(
        `export async function run(env, shelves) {
  const seen = [];
  for (const { id, isbns } of shelves) {
    seen.push(await env.DB.prepare("SELECT count(*) AS n FROM books").first());
    for (const isbn of isbns) {
      await env.DB.prepare("INSERT INTO books (shelf_id, isbn) VALUES (?, ?)").bind(id, isbn).run();
    }
  }
  return seen;
}
`,
        [[[]], [[{ id: 1, isbns: ["n-1", "n-2"] }, { id: 2, isbns: [] }, { id: 3, isbns: ["n-3"] }]]],
      ),
      `export async function run(env, shelves) {
  const seen = [];
  for (const { id, isbns } of shelves) {
    seen.push(await env.DB.prepare("SELECT count(*) AS n FROM books").first());
    const statements = [];
    for (const isbn of isbns) {
      statements.push(env.DB.prepare("INSERT INTO books (shelf_id, isbn) VALUES (?, ?)").bind(id, isbn));
    }
    for (let i = 0; i < statements.length; i += 100) {
      await env.DB.batch(statements.slice(i, i + 100));
    }
  }
  return seen;
}
`,
    ));

  it("takes a counted loop", () =>
    isProven(
      loop(
        `export async function run(env, ids) {
  for (let i = 0; i < ids.length; i++) {
    await env.DB.prepare("UPDATE books SET pages = ? WHERE id = ?").bind(i, ids[i]).run();
  }
}
`,
        ids,
      ),
    ));

  it("takes entries of an object", () =>
    isProven(
      loop(
        `export async function run(env, titles) {
  for (const [isbn, title] of Object.entries(titles)) {
    await env.DB.prepare("UPDATE books SET title = ?2 WHERE isbn = ?1").bind(isbn, title).run();
  }
}
`,
        [[{}], [{ "a-1": "Atoll", "zz": "none", "b-2": null }]],
      ),
    ));

  it("takes Promise.all over a list", () =>
    becomes(
      loop(
        `export async function run(env, ids) {
  await Promise.all(ids.map(async (id) => {
    const label = \`book \${id}\`;
    await env.DB.prepare("UPDATE books SET title = ? WHERE id = ?").bind(label, id).run();
  }));
  return "ok";
}
`,
        ids,
      ),
      `export async function run(env, ids) {
  const statements = ids.map((id) => {
    const label = \`book \${id}\`;
    return env.DB.prepare("UPDATE books SET title = ? WHERE id = ?").bind(label, id);
  });
  for (let i = 0; i < statements.length; i += 100) {
    await env.DB.batch(statements.slice(i, i + 100));
  }
  return "ok";
}
`,
    ));

  it("takes Promise.all of a line", () =>
    becomes(
      loop(
        `export async function run(env, ids) {
  await Promise.all(
    ids.map(id => env.DB.prepare("DELETE FROM books WHERE id = ?").bind(id).run()),
  );
}
`,
        ids,
      ),
      `export async function run(env, ids) {
  const statements = ids.map(id => env.DB.prepare("DELETE FROM books WHERE id = ?").bind(id));
  for (let i = 0; i < statements.length; i += 100) {
    await env.DB.batch(statements.slice(i, i + 100));
  }
}
`,
    ));

  it("takes promises that are waited for in the next statement", () =>
    becomes(
      loop(
        `export async function run(env, books) {
  let place = 10
  const promises = books.map((book) => {
    const promise = env.DB.prepare('INSERT INTO books (isbn, pages) VALUES (?, ?)').bind(book.isbn, place).run()
    place++
    return promise
  })

  await Promise.all(promises)
  return place
}
`,
        books,
      ),
      `export async function run(env, books) {
  let place = 10
  const statements = books.map((book) => {
    const statement = env.DB.prepare('INSERT INTO books (isbn, pages) VALUES (?, ?)').bind(book.isbn, place)
    place++
    return statement
  })

  for (let i = 0; i < statements.length; i += 100) {
    await env.DB.batch(statements.slice(i, i + 100))
  }
  return place
}
`,
    ));

  it("writes as the file does, and steers clear of its names", () =>
    becomes(
      loop(
        `export async function run(env, ids) {\r\n    const statements = "taken";\r\n    let i = 0;\r\n    for (const id of ids) await env.DB.prepare("DELETE FROM books WHERE id = ?").bind(id).run();\r\n    return statements + i;\r\n}\r\n`,
        ids,
      ),
      `export async function run(env, ids) {\r\n    const statements = "taken";\r\n    let i = 0;\r\n    const deletes = [];\r\n    for (const id of ids) deletes.push(env.DB.prepare("DELETE FROM books WHERE id = ?").bind(id));\r\n    for (let start = 0; start < deletes.length; start += 100) {\r\n        await env.DB.batch(deletes.slice(start, start + 100));\r\n    }\r\n    return statements + i;\r\n}\r\n`,
    ));

  it("keeps the foreign keys and what the caller catches", () =>
    isProven(
      loop(
        `export async function run(env, books) {
  try {
    for (const book of books) {
      await env.DB.prepare("INSERT INTO books (isbn, shelf_id) VALUES (?, ?)").bind(book.isbn, book.shelf).run();
    }
  } catch (error) {
    return "failed: " + error.message;
  }
  return "ok";
}
`,
        [[[]], [[{ isbn: "q", shelf: 1 }, { isbn: "r", shelf: null }]], [[{ isbn: "q", shelf: 77 }]], [[{ isbn: "q" }]]],
      ),
    ));

  it("does all or nothing where it did a part", async () => {
    const code = `export async function run(env, isbns) {
  for (const isbn of isbns) {
    await env.DB.prepare("INSERT INTO books (isbn) VALUES (?)").bind(isbn).run();
  }
}
`;
    const after = await isProven(loop(code, [[["n-1", "n-2"]]]));
    const [failed] = await prove({ schema, path: "run.js", before: code, after, inputs: [[["n-1", "a-1", "n-2"]], [["n-1", "n-2"]]] });
    const booksOf = (tables: unknown): number => (tables as [string, unknown[]][]).find(([name]) => name === "books")![1].length;
    assert.match(failed!.after.error ?? "", /UNIQUE constraint failed/);
    assert.deepEqual([booksOf(failed!.before.tables), booksOf(failed!.after.tables)], [5, 4]);
  });
});

describe("writes of a loop that stay", () => {
  const within = (body: string, before = ""): Pick<Loop, "schema" | "code"> => ({
    schema,
    code: `export async function run(env, books, queue) {
  const insert = env.DB.prepare("INSERT INTO books (isbn) VALUES (?)");
  let added = 0;
${before}  for (const book of books) {
${body}
  }
  return added;
}
`,
  });

  for (const [name, because, body] of [
    ["something else that is waited for", "also waits for `fetch(book.url)`", "    await insert.bind(book.isbn).run();\n    await fetch(book.url);"],
    ["something else that is done", "`queue.send(…)` is called in each turn", "    await insert.bind(book.isbn).run();\n    queue.send(book.isbn);"],
    ["a read in the turn", "the turn also reads", '    if (await env.DB.prepare("SELECT id FROM books WHERE isbn = ?").bind(book.isbn).first()) continue;\n    await insert.bind(book.isbn).run();'],
    ["a batch in each turn", "each turn sends a batch of its own", '    await env.DB.batch([env.DB.prepare("DELETE FROM loans WHERE book_id = ?").bind(book.id), env.DB.prepare("DELETE FROM books WHERE id = ?").bind(book.id)]);'],
    ["a return", "`return added;` leaves the loop", "    await insert.bind(book.isbn).run();\n    if (added++ > 3) return added;"],
    ["a throw", "`throw new Error(book.isbn);` leaves the loop", "    if (!book.isbn) throw new Error(book.isbn);\n    await insert.bind(book.isbn).run();"],
    ["writes that nobody waits for", "does not wait for what it sends", "    insert.bind(book.isbn).run();"],
    ["a database of the turn", "`db` is made in each turn", '    const db = pool.connect(book);\n    await db.prepare("DELETE FROM books WHERE id = ?").bind(book.id).run();'],
    ["changes that are seen elsewhere", "`books.done` is changed in each turn and seen elsewhere", "    await insert.bind(book.isbn).run();\n    books.done = true;"],
    ["a result that a later turn needs", "the turn uses what its write gives back (`result`)", "    const result = await insert.bind(book.isbn).run();\n    if (result.meta.changes === 0) break;"],
    ["a result of two writes", "the turn uses what its write gives back (`made`)", '    const made = await insert.bind(book.isbn).run();\n    await env.DB.prepare("INSERT INTO loans (book_id, reader) VALUES (?, ?)").bind(made.meta.last_row_id, "ann").run();'],
    ["ids of the statement before", "asks for what the one before it did", '    await env.DB.prepare("INSERT INTO loans (book_id, reader) VALUES (last_insert_rowid(), ?)").bind(book.reader).run();'],
  ] as const) {
    it(name, () => proveWithheld(because, within(body)));
  }

  it("forEach", () =>
    proveWithheld("`forEach` does not wait", {
      schema,
      code: `export async function run(env, books) {
  books.forEach(async (book) => {
    await env.DB.prepare("INSERT INTO books (isbn) VALUES (?)").bind(book.isbn).run();
  });
}
`,
    }));

  it("generators and elements that arrive one by one", async () => {
    await proveWithheld("the elements arrive one by one", {
      schema,
      code: `export async function run(env, stream) {
  for await (const book of stream) await env.DB.prepare("INSERT INTO books (isbn) VALUES (?)").bind(book.isbn).run();
}
`,
    });
    await proveWithheld("the function around the loop does not wait", {
      schema,
      code: `export async function* run(env, books) {
  for (const book of books) {
    await env.DB.prepare("INSERT INTO books (isbn) VALUES (?)").bind(book.isbn).run();
    yield book.isbn;
  }
}
`,
    });
  });
});

describe("several loops of a function", () => {
  it("are rewritten at once without taking each other's names", async () => {
    const code = `export async function run(env, ids) {
  for (const id of ids) {
    await env.DB.prepare("DELETE FROM loans WHERE book_id = ?").bind(id).run();
  }
  for (const id of ids) {
    await env.DB.prepare("DELETE FROM books WHERE id = ?").bind(id).run();
  }
  const shelves = await Promise.all(ids.map((id) => env.DB.prepare("SELECT label FROM shelves WHERE id = ?").bind(id).first("label")));
  for (const id of ids) shelves.push(await env.DB.prepare("SELECT label FROM shelves WHERE id = ?").bind(id).first("label"));
  return shelves;
}
`;
    const after = await withAllFixes({ schema, code });
    assert.equal(after.match(/\.batch\(/g)?.length, 4);
    await prove({ schema, path: "run.js", before: code, after, inputs: ids });
  });
});
