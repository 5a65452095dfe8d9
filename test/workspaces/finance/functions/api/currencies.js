export async function onRequestGet({ env }) {
  const { results } = await env.DB.prepare(
    'SELECT code, name, minor_units \
       FROM currencies \
      ORDER BY code = \'EUR\' DESC, name',
  ).all();
  return Response.json({ currencies: results }, { headers: { "cache-control": "public, max-age=86400" } });
}
