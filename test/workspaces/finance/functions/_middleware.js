import { sessionIdFrom, userOfSession } from "./lib/session";

async function errors(context) {
  try {
    return await context.next();
  } catch (error) {
    console.error(context.request.method, new URL(context.request.url).pathname, error);
    return Response.json({ error: "Something went wrong" }, { status: 500 });
  }
}

async function session(context) {
  const id = sessionIdFrom(context.request);
  context.data.sessionId = id;
  context.data.user = id === null ? null : await userOfSession(context.env.DB, id);
  return context.next();
}

export const onRequest = [errors, session];
