CREATE TABLE currencies (
  code TEXT NOT NULL PRIMARY KEY CHECK (length(code) = 3),
  name TEXT NOT NULL,
  minor_units INTEGER NOT NULL DEFAULT 2
) WITHOUT ROWID;

INSERT INTO currencies (code, name, minor_units) VALUES
  ('EUR', 'Euro', 2),
  ('USD', 'US dollar', 2),
  ('GBP', 'Pound sterling', 2),
  ('CHF', 'Swiss franc', 2),
  ('SEK', 'Swedish krona', 2),
  ('JPY', 'Yen', 0);

-- Amounts are whole minor units (cents) everywhere.
CREATE TABLE accounts (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('bank', 'card', 'cash', 'savings')),
  currency TEXT NOT NULL DEFAULT 'EUR',
  opening_balance INTEGER NOT NULL DEFAULT 0,
  closed_on TEXT,
  created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX idx_accounts_user_name ON accounts (user_id, name);
