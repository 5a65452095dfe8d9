import type { User } from "./env";

const COOKIE = "ledgerly_session";
const DAYS = 30;

export function sessionIdFrom(request: Request): string | null {
  const cookies = request.headers.get("cookie") ?? "";
  const found = cookies.split(/;\s*/).find((cookie) => cookie.startsWith(`${COOKIE}=`));
  return found === undefined ? null : found.slice(COOKIE.length + 1);
}

export function sessionCookie(id: string, maxAge = DAYS * 86_400): string {
  return `${COOKIE}=${id}; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=${maxAge}`;
}

export async function userOfSession(db: D1Database, id: string): Promise<User | null> {
  return db
    .prepare(
      `SELECT u.id, u.email, u.name, u.role
         FROM sessions s
         JOIN users u ON u.id = s.user_id
        WHERE s.id = ?1 AND s.expires_at > CURRENT_TIMESTAMP`,
    )
    .bind(id)
    .first<User>();
}

export async function openSession(db: D1Database, userId: number, userAgent: string | null): Promise<string> {
  const id = crypto.randomUUID();
  await db
    .prepare("INSERT INTO sessions (id, user_id, user_agent, expires_at) VALUES (?1, ?2, ?3, datetime('now', ?4))")
    .bind(id, userId, userAgent, `+${DAYS} days`)
    .run();
  return id;
}
