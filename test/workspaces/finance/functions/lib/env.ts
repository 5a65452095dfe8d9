export interface Env {
  DB: D1Database;
  CACHE: KVNamespace;
  APP_URL: string;
  RATES_URL: string;
}

export interface User {
  id: number;
  email: string;
  name: string;
  role: "member" | "admin";
}

export type SessionData = { user: User | null; sessionId: string | null };

/** A handler of ours: the bindings, the parameters of its route, and what the middleware put into `data`. */
export type Handler<Params extends string = never> = PagesFunction<Env, Params, { user: User; sessionId: string }>;
