// D1 takes at most 100 bound parameters in a statement.
export const MAX_PARAMETERS = 100;

export function chunk(items, size) {
  const chunks = [];
  for (let start = 0; start < items.length; start += size) {
    chunks.push(items.slice(start, start + size));
  }
  return chunks;
}
