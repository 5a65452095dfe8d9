import type { Handler } from "../../lib/env";
import { json, notFound } from "../../lib/http";

interface Attachment {
  id: number;
  file_name: string;
  content_type: string;
  size: number;
}

export const onRequestGet: Handler<"key"> = async ({ env, data, params }) => {
  const file = await env.DB.prepare(
    `SELECT f.id, f.file_name, f.content_type, f.size
     FROM attachments f
     JOIN transactions t ON t.id = f.transaction_id
     WHERE f.file_key = ?1 AND t.user_id = ?2`,
  )
    .bind(params.key, data.user.id)
    .first<Attachment>();
  return file === null ? notFound("No such file") : json(file);
};
