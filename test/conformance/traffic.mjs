// A day of the sample application, the same at every run: its users come several times, look through its pages for a
// quarter of an hour, and write now and then. Each page asks for what the frame around it shows, and for its own data.

const USERS = 10;
/** Of the database, as large as the sample's settings say for so many users. */
export const tables = { users: USERS, transactions: 80_000, invoices: 2_500 };
const VISITS = 3;
const VISIT_MS = 15 * 60_000;
const DAY_MS = 10 * 3_600_000;
/** Between two pages. */
const PAUSE_MS = 30_000;

/** Statements that let every user in. */
export function sessionsOf() {
  return Array.from({ length: USERS }, (_, at) => `INSERT INTO sessions (id, user_id, expires_at) VALUES ('s${at + 1}', ${at + 1}, '2999-01-01 00:00:00')`);
}

/** In the order of time; `at` is in milliseconds after the start of the day. */
export function dayOfTraffic() {
  const random = chance(7);
  const requests = [];
  for (let user = 1; user <= USERS; user++) {
    for (let visit = 0; visit < VISITS; visit++) {
      const start = Math.floor(random() * (DAY_MS - VISIT_MS));
      for (let at = start; at < start + VISIT_MS; at += Math.floor(PAUSE_MS * (0.5 + random()))) {
        for (const request of page(user, random)) requests.push({ method: "GET", ...request, user, at });
      }
    }
  }
  return requests.sort((a, b) => a.at - b.at);
}

const frame = ["/api/settings", "/api/accounts", "/api/notifications"];

function page(user, random) {
  const account = user + USERS * Math.floor(random() * 2);
  const month = `2024-0${4 + Math.floor(random() * 2)}`;
  const pages = [
    [4, ["/api/budgets", "/api/reports/net-worth", "/api/reports/aged-receivables"]],
    [4, [`/api/transactions?month=${month}`, "/api/categories", "/api/tags"]],
    [3, [`/api/reports/cash-flow?account=${account}`, `/api/reports/expenses?account=${account}&month=${month}`]],
    [1, ["/api/reports/tax?year=2024"]],
    [2, ["/api/invoices", "/api/customers"]],
    [1, ["/api/payables"]],
    [1, ["/api/recurring"]],
    [1, [`/api/accounts/${account}`]],
  ];
  const reads = [...frame, ...pick(pages, random)].map((where) => ({ where }));
  return [...reads, ...(random() < 0.06 ? [write(user, account, random)] : [])];
}

function write(user, account, random) {
  const number = Math.floor(random() * 10_000);
  return pick(
    [
      [10, { method: "POST", where: "/api/transactions", body: { accountId: account, date: "2024-05-17", amount: -number, categoryId: 101, description: `Purchase ${number}` } }],
      [4, { method: "PATCH", where: "/api/notifications", body: { all: true } }],
      [2, { method: "POST", where: "/api/invoices", body: { customerId: user, issuedOn: "2024-05-17", dueOn: "2024-06-17" } }],
      [1, { method: "PUT", where: "/api/settings", body: { locale: number % 2 === 0 ? "de" : "en" } }],
      [1, { method: "POST", where: "/api/customers", body: { name: `Customer ${number}` } }],
      [1, { method: "POST", where: "/api/tags", body: { name: `Tag ${number}` } }],
      [1, { method: "POST", where: "/api/accounts", body: { name: `Account ${number}`, kind: "bank" } }],
      [1, { method: "PATCH", where: `/api/accounts/${account}`, body: { name: `Renamed ${number}` } }],
    ],
    random,
  );
}

function pick(weighted, random) {
  let left = random() * weighted.reduce((sum, [weight]) => sum + weight, 0);
  return weighted.find(([weight]) => (left -= weight) < 0)[1];
}

/** Numbers from 0 to 1 that look like chance (mulberry32). */
function chance(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
