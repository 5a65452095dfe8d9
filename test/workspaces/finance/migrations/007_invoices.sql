CREATE TABLE invoices (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  number TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'sent', 'paid', 'void')),
  currency TEXT NOT NULL DEFAULT 'EUR',
  issued_on TEXT NOT NULL,
  due_on TEXT NOT NULL,
  subtotal INTEGER NOT NULL DEFAULT 0,
  tax INTEGER NOT NULL DEFAULT 0,
  total INTEGER NOT NULL DEFAULT 0,
  notes TEXT,
  UNIQUE (user_id, number)
);

CREATE INDEX idx_invoices_user_issued ON invoices (user_id, issued_on);
CREATE INDEX idx_invoices_customer_issued ON invoices (customer_id, issued_on);

CREATE TABLE invoice_items (
  id INTEGER PRIMARY KEY,
  invoice_id INTEGER NOT NULL REFERENCES invoices (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  description TEXT NOT NULL,
  quantity REAL NOT NULL DEFAULT 1,
  unit_price INTEGER NOT NULL,
  tax_rate REAL NOT NULL DEFAULT 0,
  total INTEGER NOT NULL,
  UNIQUE (invoice_id, position)
);
