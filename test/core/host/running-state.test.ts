import { checkSites } from "../../support/linked";
import type { CallSite } from "../../../src/core/host/call-site";

function shape({ loop }: CallSite): string {
  return loop === undefined ? "-" : `${loop.shape}${loop.because === undefined ? "" : ` (${loop.because})`}`;
}

describe("turns that depend on each other through the database", () => {
  it("read the same row in every turn, and write to its table", () => {
    checkSites(
      `
      //- /a.ts
      for (const item of items) {
        await env.DB.prepare("INSERT INTO sales (item, price) VALUES (?, ?)").bind(item.id, item.price).run();
                     ^^^^^^^ per-element
        const account = await env.DB.prepare("SELECT paid_until FROM accounts WHERE id = ?").bind(user.id).first();
                                     ^^^^^^^ sequential (each turn reads what the turn before may have written)
        const until = addDays(account.paid_until, item.days);
        if (account.paid_until < now) await env.DB.prepare("INSERT INTO renewals (at) VALUES (?)").bind(now).run();
                                                   ^^^^^^^ sequential (each turn reads what the turn before may have written)
        await env.DB.prepare("UPDATE accounts SET paid_until = ? WHERE id = ?").bind(until, user.id).run();
                     ^^^^^^^ sequential (each turn reads what the turn before may have written)
      }
    `,
      shape,
    );
  });

  it("read what only other names of the turn lead to", () => {
    checkSites(
      `
      //- /a.ts
      for (const price of prices) {
        const model = models.find((one) => one.matches(text));
        const known = await env.DB.prepare("SELECT price FROM models WHERE slug = ?").bind(model.slug).first();
                                   ^^^^^^^ sequential (each turn reads what the turn before may have written)
        if (known.price !== price) await env.DB.prepare("UPDATE models SET price = ? WHERE slug = ?").bind(price, model.slug).run();
                                                ^^^^^^^ sequential (each turn reads what the turn before may have written)
      }
    `,
      shape,
    );
  });

  it("are not those that look up their own element", () => {
    checkSites(
      `
      //- /a.ts
      for (const customer of customers) {
        const { number } = customer;
        const known = await env.DB.prepare("SELECT id FROM customers WHERE number = ?").bind(number).first();
                                   ^^^^^^^ per-element
        if (known) await env.DB.prepare("UPDATE customers SET name = ? WHERE id = ?").bind(customer.name, known.id).run();
                                ^^^^^^^ per-element
        else await env.DB.prepare("INSERT INTO customers (number) VALUES (?)").bind(number).run();
                          ^^^^^^^ per-element
        const total = await env.DB.prepare("SELECT count(*) FROM orders").first();
                                   ^^^^^^^ per-element
      }
    `,
      shape,
    );
  });

  it("are not those whose question goes on with the turns", () => {
    checkSites(
      `
      //- /a.ts
      let day = first;
      while (day <= last) {
        const taken = await env.DB.prepare("SELECT 1 FROM shifts WHERE day = ?").bind(day).first();
                                   ^^^^^^^ per-element
        if (!taken) await env.DB.prepare("INSERT INTO shifts (day) VALUES (?)").bind(day).run();
                                 ^^^^^^^ per-element
        day = dayAfter(day);
      }
      const date = new Date(from);
      while (date <= until) {
        const key = isoOf(date);
        const taken = await env.DB.prepare("SELECT 1 FROM shifts WHERE day = ?").bind(key).first();
                                   ^^^^^^^ per-element
        if (!taken) await env.DB.prepare("INSERT INTO shifts (day) VALUES (?)").bind(key).run();
                                 ^^^^^^^ per-element
        date.setUTCDate(date.getUTCDate() + 1);
      }
      const tally = { sum: 0 };
      for (const sale of sales) {
        const limit = await env.DB.prepare("SELECT rest FROM limits WHERE owner = ?").bind(owner).first();
                                   ^^^^^^^ sequential (each turn reads what the turn before may have written)
        tally.sum += sale.price;
        await env.DB.prepare("UPDATE limits SET rest = rest - ? WHERE owner = ?").bind(sale.price, owner).run();
                     ^^^^^^^ sequential (each turn reads what the turn before may have written)
      }
    `,
      shape,
    );
  });

  it("settle what is open, one by one", () => {
    checkSites(
      `
      //- /a.ts
      const open = await env.DB.prepare("SELECT * FROM invitations WHERE email = ? AND status = 'open'").bind(email).all();
                                ^^^^^^^ -
      for (const invitation of open.results) {
        try {
          const member = await env.DB.prepare("SELECT 1 FROM members WHERE team = ? AND email = ?").bind(invitation.team, email).first();
                                      ^^^^^^^ sequential (each turn reads what the turn before may have written)
          if (!member) await env.DB.prepare("INSERT INTO members (team, email) VALUES (?, ?)").bind(invitation.team, email).run();
                                    ^^^^^^^ sequential (each turn reads what the turn before may have written)
          await env.DB.prepare("UPDATE invitations SET status = 'accepted' WHERE id = ?").bind(invitation.id).run();
                       ^^^^^^^ sequential (each turn reads what the turn before may have written)
        } catch (error) {
          console.error(error);
        }
      }
      for (const invitation of open.results) await env.DB.prepare("UPDATE invitations SET status = 'expired' WHERE id = ?").bind(invitation.id).run();
                                                          ^^^^^^^ per-element
    `,
      shape,
    );
  });

  it("go on with those that this worker got", () => {
    checkSites(
      `
      //- /a.ts
      for (const job of jobs) {
        const got = await env.DB.prepare("UPDATE jobs SET state = 'running' WHERE id = ? AND state = 'open'").bind(job.id).run();
                                 ^^^^^^^ sequential (each turn claims its element for itself)
        if (got.meta.changes === 0) continue;
        await env.DB.prepare("UPDATE totals SET jobs = jobs + 1 WHERE kind = ?").bind(job.kind).run();
                     ^^^^^^^ sequential (each turn claims its element for itself)
      }
      for (const tag of tags) {
        const made = await env.DB.prepare("INSERT OR IGNORE INTO tags (name) VALUES (?)").bind(tag).run();
                                  ^^^^^^^ sequential (each turn claims its element for itself)
        if (made.meta.changes === 0) continue;
        await env.DB.prepare("INSERT INTO log (tag) VALUES (?)").bind(tag).run();
                     ^^^^^^^ per-element
      }
    `,
      shape,
    );
  });
});
