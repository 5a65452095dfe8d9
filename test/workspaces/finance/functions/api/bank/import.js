import { chunk } from "../../lib/chunk";
import { badRequest, json, notFound, readJson } from "../../lib/http";
import { toCents } from "../../lib/money";

const INSERT_LINE =
  "INSERT INTO bank_lines (import_id, line, booked_on, amount, reference, memo) " +
  "VALUES (?1, ?2, ?3, ?4, ?5, ?6) " +
  "ON CONFLICT (import_id, line) DO NOTHING";

export async function onRequestPost({ request, env, data }) {
  const body = await readJson(request);
  if (!body?.accountId || !Array.isArray(body.lines)) return badRequest("An account and its lines are needed");

  const imported = await env.DB.prepare(
    `INSERT INTO bank_imports (account_id, file_name)
     SELECT id, ?3 FROM accounts WHERE id = ?1 AND user_id = ?2
     RETURNING id`,
  )
    .bind(body.accountId, data.user.id, body.fileName ?? "upload.csv")
    .first();
  if (imported === null) return notFound();

  const statements = [];
  body.lines.forEach((line, at) => {
    const amount = toCents(line.amount);
    if (amount === null) return;
    statements.push(
      env.DB.prepare(INSERT_LINE).bind(imported.id, at + 1, line.bookedOn, amount, line.reference, line.memo ?? ""),
    );
  });
  for (const portion of chunk(statements, 100)) {
    await env.DB.batch(portion);
  }
  return json({ id: imported.id, lines: statements.length }, 201);
}
