// The vocabulary of seeded rows.

export const firstNames = "Ada Ben Clara Dev Elif Finn Grace Hugo Ines Jonas Kira Leo Mina Noah Olga Paul".split(" ");
export const lastNames = "Adler Berg Costa Dahl Engel Fischer Garcia Haas Ito Jensen Keller Lopez Moreau Novak Olsen Park".split(" ");
export const adjectives = "amber brisk calm dusty early faint grand hollow ivory jolly keen lucid mellow noble open plain quiet rapid silver tidy".split(" ");
export const nouns = "anchor basket candle desk engine forest garden harbor island jacket kettle ladder market needle orchard paper quarry river saddle tunnel".split(" ");
export const verbs = "opens moves holds sells paints counts mends sends follows keeps".split(" ");

export const statuses = ["active", "pending", "done", "failed", "archived", "draft"];
export const kinds = ["standard", "basic", "special", "internal", "external", "other"];
export const roles = ["member", "admin", "editor", "viewer"];
export const levels = ["low", "medium", "high"];
export const countries = ["DE", "US", "FR", "MX", "GB", "NL", "SE", "JP"];
export const currencies = ["EUR", "USD", "GBP", "MXN", "CHF", "JPY"];
export const languages = ["en", "de", "es", "fr", "pt"];
export const locales = ["en-US", "de-DE", "es-MX", "fr-FR"];
export const timeZones = ["UTC", "Europe/Berlin", "America/Mexico_City", "Asia/Tokyo"];
export const mimeTypes = ["image/jpeg", "image/png", "application/pdf", "text/plain", "video/mp4"];
export const agents = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15",
  "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101",
];

/** The nth of all pairs of words, with a number once the pairs are used up. */
export function pair(first: readonly string[], second: readonly string[], between: string, n: number): string {
  const pairs = first.length * second.length;
  const text = `${first[n % first.length]!}${between}${second[Math.floor(n / first.length) % second.length]!}`;
  return n < pairs ? text : `${text}${between}${Math.floor(n / pairs)}`;
}
