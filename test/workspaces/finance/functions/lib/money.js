/** "1.234,50" or "1234.50" -> 123450 */
export function toCents(text) {
  const plain = text.includes(",") ? text.replaceAll(".", "").replace(",", ".") : text;
  const value = Math.round(Number(plain) * 100);
  return Number.isSafeInteger(value) ? value : null;
}

export function formatCents(cents, currency, locale = "en") {
  return new Intl.NumberFormat(locale, { style: "currency", currency }).format(cents / 100);
}
