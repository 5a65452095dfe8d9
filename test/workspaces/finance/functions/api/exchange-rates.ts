import type { Env, Handler } from "../lib/env";
import { today } from "../lib/dates";
import { json } from "../lib/http";

const QUOTES = ["USD", "GBP", "CHF"] as const;

export const onRequestGet: Handler = async ({ env }) => {
  const rates: Record<string, number | null> = {};
  for (const quote of QUOTES) {
    rates[quote] = await env.DB.prepare(
      "SELECT rate FROM exchange_rates WHERE base = 'EUR' AND quote = ?1 AND day <= ?2 ORDER BY day DESC LIMIT 1",
    )
      .bind(quote, today())
      .first<number>("rate");
  }
  return json({ base: "EUR", rates });
};

async function latest(env: Env): Promise<Record<string, number>> {
  const response = await fetch(env.RATES_URL);
  if (!response.ok) throw new Error(`Rates: ${response.status}`);
  return ((await response.json()) as { rates: Record<string, number> }).rates;
}

export const onRequestPost: Handler = async ({ env }) => {
  const rates = JSON.stringify(await latest(env));
  // The write can be repeated: the same rates for the same day change nothing.
  for (let attempt = 1; ; attempt++) {
    try {
      await env.DB.prepare(
        `INSERT INTO exchange_rates (base, quote, day, rate)
         SELECT 'EUR', key, ?1, value FROM json_each(?2) WHERE value > 0
         ON CONFLICT (base, quote, day) DO UPDATE SET rate = excluded.rate`,
      )
        .bind(today(), rates)
        .run();
      return json({ ok: true });
    } catch (error) {
      if (attempt === 3) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100 * attempt));
    }
  }
};
