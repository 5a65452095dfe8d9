import { check } from "../../support/review";
import { recorded, schema } from "./recorded";

const source = `//- /src/a.ts
export const monthly = (cache: QueryCache, user: number) => cache.get({ name: "monthly", params: [user], tables: ["orders"], ttl: 60 }, () => 1);
`;

describe("cache-miss-rate", () => {
  it("marks the name of an entry that is seldom there", () =>
    check(`${schema}${recorded([reads("hit", 30, 2), reads("miss", 60, 50), reads("error", 10, 9)])}
${source.trimEnd()}
                                                                              ^^^^^^^^^ cache-miss-rate The cache answered 30% of 100 recorded reads of \`monthly\`: less than 80%
export const other = "monthly";
`));

  it("keeps silent where it is often there, even if old, and for few reads", async () => {
    await check(`${schema}${recorded([reads("hit", 60, 2), reads("stale", 25, 2), reads("miss", 15, 50)])}\n${source}`);
    await check(`${schema}${recorded([reads("miss", 12, 50)])}\n${source}`);
  });

  it("takes the share from the settings", () =>
    check(`${schema}${recorded([reads("hit", 30, 2), reads("miss", 70, 50)])}
//- /plumbline.json
{ "alerts": { "hitRate": 0.25 } }
${source}`));
});

function reads(outcome: string, count: number, ms: number): object {
  return { plumbline: "cache", name: "monthly", outcome, count, ms: ms * count };
}
