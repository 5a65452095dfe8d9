import { checkSites } from "../../../support/linked";

describe("a template whose tag executes it", () => {
  it("is a query, with a hole for every value", () => {
    checkSites(`
      //- /db.ts
      export async function sql(strings: TemplateStringsArray, ...values: unknown[]) {
        let text = "";
        const params: unknown[] = [];
        strings.forEach((part, i) => {
          text += part;
          if (i < values.length) { params.push(values[i]); text += "?"; }
        });
        return connection().prepare(text).bind(...params).all();
      }
      //- /a.ts
      import { sql } from "./db";
      await sql\`SELECT a FROM notes WHERE b = \${b} AND c = \${"x"}\`;
            ^^^ SELECT a FROM notes WHERE b = ‹value› AND c = ‹value›
      await sql\`SELECT 1\`;
            ^^^ SELECT 1
      await sql\`SELECT a FROM notes \${only ? sql\`WHERE b = 1\` : sql\`\`} \${sql\`ORDER BY a\`}\`;
            ^^^ SELECT a FROM notes ORDER BY a | SELECT a FROM notes WHERE b = 1 ORDER BY a
    `);
  });

  it("may join its texts, or hand them on", () => {
    checkSites(`
      //- /db.ts
      export const one = (parts: TemplateStringsArray, ...values: unknown[]) => env.DB.prepare(parts.join("?")).bind(...values).first();
      export function many(parts: TemplateStringsArray, ...values: unknown[]) {
        return all(parts.reduce((text, part, i) => text + part + (i < values.length ? "?" : ""), ""), values);
      }
      function all(text: string, values: unknown[]) { return env.DB.prepare(text).bind(...values).all(); }
      //- /a.ts
      import { many, one } from "./db";
      await one\`SELECT a FROM notes WHERE b = \${b}\`;
            ^^^ SELECT a FROM notes WHERE b = ‹value›
      await many\`SELECT a FROM \${table}\`;
            ^^^^ partial SELECT a FROM ‹identifier›
    `);
  });

  it("is left alone where the tag is that of a package", () => {
    checkSites(`
      //- /a.ts
      import { sql } from "@vercel/postgres";
      import { css } from "./css";
      await sql\`SELECT 1\`;
      css\`a { color: red }\`;
      //- /css.ts
      export const css = (parts: TemplateStringsArray) => parts.join("");
    `);
  });
});
