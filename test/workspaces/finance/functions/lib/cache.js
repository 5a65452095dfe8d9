// KV in front of reads that cost more than the KV read does.

export async function cached(kv, key, ttlSeconds, load) {
  const hit = await kv.get(key, "json");
  if (hit !== null) return hit;
  const value = await load();
  await kv.put(key, JSON.stringify(value), { expirationTtl: ttlSeconds });
  return value;
}

export const keys = {
  categories: () => "categories:v2",
  settings: (userId) => `settings:${userId}`,
  cashFlow: (userId, accountId) => `report:cash-flow:${userId}:${accountId}`,
};
