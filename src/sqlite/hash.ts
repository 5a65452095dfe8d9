// A 64-bit hash of a text as two 32-bit halves. It names statements across threads; it protects nothing.

/** FNV-1a twice over the UTF-16 units, with different starts, so that the halves are independent. */
export function hashText(text: string): readonly [high: number, low: number] {
  let high = 0x811c9dc5;
  let low = 0x9747b28c;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ unit, 0x01000197) ^ (low >>> 15);
  }
  return [high | 0, low | 0];
}

/** The 16 hexadecimal digits by which the quarantine names a statement, as the protocol's `hashName` writes them. */
export function statementName(high: number, low: number): string {
  return [high, low].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}
