// A project without a database.
export function greeting(name: string): string {
  return `Good morning, ${name}`;
}
