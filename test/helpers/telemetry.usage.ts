// A Worker that logs what its queries cost: type-checked against the runtime's own types, which the wrapped database keeps.

import { withTelemetry } from "../../src/helpers/telemetry";

interface Order {
  readonly id: number;
  readonly total: number;
}

export default {
  async fetch(request: Request, env: { readonly DB: D1Database }): Promise<Response> {
    const db: D1Database = withTelemetry(env.DB, { request: request.headers.get("cf-ray") ?? undefined, sample: 1 });
    const insert = db.prepare("INSERT INTO orders (total) VALUES (?)");
    const batch: D1Result<Order>[] = await db.batch<Order>([insert.bind(1), insert.bind(2)]);
    const all: D1Result<Order> = await db.prepare("SELECT id, total FROM orders").all<Order>();
    const session: D1DatabaseSession = db.withSession("first-primary");
    const total: number | null = await session.prepare("SELECT sum(total) AS total FROM orders").first<number>("total");
    const raw: [string[], ...unknown[][]] = await session.prepare("SELECT id, id FROM orders LIMIT ?").bind(1).raw({ columnNames: true });
    const { count } = await db.exec("DELETE FROM orders");
    return Response.json({ written: batch.length, read: all.results.length, total, raw, count, bookmark: session.getBookmark() !== null });
  },
};
