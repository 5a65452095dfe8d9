// Rows for the sample project, the same ones at every run, as statements that D1 and sql.js both take. Values repeat as
// they do in such an application: few users with many transactions, few open invoices among many that are paid.

const numbers = (many: number): string => `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${many})`;
/** A number from 0 to `below` that looks like chance, another one for each `salt`. */
const any = (below: number, salt: number): string => `(((i * 2654435761 + ${salt} * 40503) >> 7) % ${below})`;
const day = (salt: number, days = 900): string => `date('2023-01-01', '+' || ${any(days, salt)} || ' days')`;
const one = (values: readonly string[], salt: number): string => `(CASE ${any(values.length, salt)} ${values.map((value, at) => `WHEN ${at} THEN '${value}'`).join(" ")} END)`;

function fill(table: string, many: number, columns: Readonly<Record<string, string>>): string {
  return `${numbers(many)} INSERT OR IGNORE INTO ${table} (${Object.keys(columns).join(", ")}) SELECT ${Object.values(columns).join(", ")} FROM n`;
}

const usual = { users: 60, transactions: 12_000, invoices: 2_500 };

/** Statements that fill the tables; each user has three accounts. */
export function rowsOf({ users, transactions, invoices } = usual): readonly string[] {
  return [
    fill("users", users, { email: "'user' || i || '@ledgerly.example'", name: "'User ' || i", password_salt: "'s'", password_hash: "'h'", role: "CASE WHEN i % 20 = 0 THEN 'admin' ELSE 'member' END", created_at: day(1) }),
    fill("sessions", 500, { id: "printf('%08x', i * 2654435761)", user_id: `1 + ${any(users, 2)}`, created_at: day(3), expires_at: day(4) }),
    fill("settings", 240, { user_id: `1 + i % ${users}`, key: `'key' || (i / ${users})`, value: "'v'" }),
    fill("accounts", 3 * users, { user_id: `1 + i % ${users}`, name: "'Account ' || i", kind: one(["bank", "card", "cash", "savings"], 5), opening_balance: "i * 100", closed_on: `CASE WHEN i % 9 = 0 THEN ${day(6)} END` }),
    fill("categories", 30, { id: "100 + i", parent_id: `${one(["1", "10", "20"], 7)}`, name: "'Category ' || i", kind: one(["income", "expense", "expense"], 8), position: "i" }),
    fill("transactions", transactions, {
      user_id: `1 + ${any(3 * users, 9)} % ${users}`,
      account_id: `1 + ${any(3 * users, 9)}`,
      category_id: `CASE WHEN i % 12 > 0 THEN 101 + ${any(30, 10)} END`,
      date: day(11),
      amount: `${any(40_000, 12)} - 20000`,
      type: one(["income", "expense", "expense", "expense", "transfer"], 13),
      description: `${one(["Rent", "Coffee", "Software", "Train", "Lunch"], 14)} || ' ' || i`,
    }),
    fill("tags", 240, { user_id: `1 + i % ${users}`, name: "'tag' || i" }),
    fill("transaction_tags", 5_000, { transaction_id: `1 + ${any(transactions, 15)}`, tag_id: `1 + ${any(240, 16)}` }),
    fill("customers", 600, { user_id: `1 + i % ${users}`, name: "'Customer ' || i", email: "CASE WHEN i % 3 > 0 THEN 'c' || i || '@example.org' END", archived_at: `CASE WHEN i % 10 = 0 THEN ${day(17)} END` }),
    fill("invoices", invoices, {
      user_id: `1 + ${any(600, 18)} % ${users}`,
      customer_id: `1 + ${any(600, 18)}`,
      number: "'2024-' || i",
      status: one(["draft", "sent", "sent", "paid", "paid", "paid", "paid", "void"], 19),
      issued_on: day(20),
      due_on: day(21),
      subtotal: "i * 10",
      total: "i * 12",
      sent_at: `CASE WHEN i % 4 > 0 THEN ${day(22)} END`,
      public_token: "CASE WHEN i % 5 = 0 THEN 'token' || i END",
    }),
    fill("invoice_items", 7_000, { invoice_id: `1 + ${any(invoices, 23)}`, position: "i", description: "'Item ' || i", unit_price: "i % 500", total: "i % 900" }),
    fill("invoice_reminders", 700, { invoice_id: `1 + ${any(invoices, 24)}`, level: "1 + i % 3", sent_at: day(25) }),
    fill("budgets", 120, { user_id: `1 + i % ${users}`, name: "'Budget ' || i", starts_on: "'2024-01-01'", ends_on: "'2024-12-31'" }),
    fill("budget_lines", 900, { budget_id: `1 + ${any(120, 26)}`, category_id: `101 + ${any(30, 27)}`, planned: "i * 100" }),
    fill("recurring_rules", 200, { user_id: `1 + i % ${users}`, account_id: `1 + i % ${3 * users}`, description: "'Rule ' || i", amount: "i", every: one(["week", "month", "quarter", "year"], 28), next_on: day(29), active: "i % 4 > 0" }),
    fill("receivables", invoices, { invoice_id: "i", user_id: `1 + ${any(600, 18)} % ${users}`, amount_due: "i * 12", amount_paid: "CASE WHEN i % 3 = 0 THEN i * 12 ELSE 0 END", due_on: day(30), status: one(["open", "paid", "paid", "paid", "written_off"], 31) }),
    fill("vendors", 150, { user_id: `1 + i % ${users}`, name: "'Vendor ' || i" }),
    fill("payables", 1_500, { user_id: `1 + ${any(150, 32)} % ${users}`, vendor_id: `1 + ${any(150, 32)}`, reference: "'R' || i", amount_due: "i", due_on: day(33), status: one(["open", "paid", "paid", "disputed"], 34) }),
    fill("attachments", 1_800, { transaction_id: `1 + ${any(transactions, 35)}`, file_key: "'key' || i", file_name: "'f'", content_type: "'application/pdf'", size: "i" }),
    fill("exchange_rates", 2_400, { base: "'EUR'", quote: one(["USD", "GBP", "CHF"], 36), day: "date('2023-01-01', '+' || (i / 3) || ' days')", rate: "1.0 + i / 10000.0" }),
    fill("audit_log", 6_000, { actor_id: `1 + ${any(users, 37)}`, entity: one(["invoice", "transaction", "account"], 38), entity_id: `1 + ${any(400, 39)}`, action: one(["create", "update", "status"], 40), created_at: day(41) }),
    fill("notifications", 2_000, { user_id: `1 + ${any(users, 42)}`, kind: one(["info", "alert"], 43), body: "'b'", read_at: `CASE WHEN i % 6 > 0 THEN ${day(44)} END`, created_at: day(45) }),
    fill("bank_imports", 90, { account_id: `1 + i % ${3 * users}`, file_name: "'f' || i", imported_at: day(46) }),
    fill("bank_lines", 4_000, { import_id: `1 + ${any(90, 47)}`, line: "i", booked_on: day(48), amount: `${any(40_000, 49)} - 20000`, reference: "'ref' || i" }),
  ];
}

export const seed = rowsOf();
