// How long a cached value lives, in seconds, as far as the code tells.

import type { Context } from "../heads";
import { memberOf } from "../reference";
import type { Lifetime } from "../request-facts";
import type { CacheCall } from "../served";
import type { TextValue } from "../text-value";
import type { Origins } from "./origins";

export function secondsOf(lifetime: Lifetime, context: Context, origins: Origins): NonNullable<CacheCall["ttl"]> {
  switch (lifetime.kind) {
    case "none":
    case "unknown":
      return lifetime.kind;
    case "seconds": {
      const amount = amountOf(lifetime.value, context, origins);
      return amount === "left out" ? "none" : amount === "unknown" ? amount : amount / lifetime.per;
    }
    case "options": {
      const amount = amountOf(memberOf(lifetime.value, "expirationTtl"), context, origins);
      return amount === "left out" ? "none" : amount;
    }
  }
}

/** Of several ways the first that is taken: `ttl ?? 300` is 300 where the call leaves `ttl` out. */
function amountOf(value: TextValue, context: Context, origins: Origins): number | "unknown" | "left out" {
  for (const head of origins.of(value, context)) {
    if (head.value.kind === "unset") continue;
    return numberOf(head.value) ?? "unknown";
  }
  return "left out";
}

function numberOf(value: TextValue): number | undefined {
  if (value.kind === "hole") return value.amount;
  if (value.kind !== "literal") return undefined;
  const text = value.pieces.map((piece) => piece.text).join("").replaceAll("_", "");
  return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
}
