-- user_id repeats the owner of the account, so that a row still says whose it was after an account changes hands.
CREATE TABLE transactions (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL,
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  category_id INTEGER REFERENCES categories (id),
  date TEXT NOT NULL,
  amount INTEGER NOT NULL,
  type TEXT NOT NULL CHECK (type IN ('income', 'expense', 'transfer')),
  description TEXT NOT NULL DEFAULT '',
  month TEXT GENERATED ALWAYS AS (substr(date, 1, 7)) VIRTUAL,
  created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX idx_transactions_account_date ON transactions (account_id, date);
CREATE INDEX idx_transactions_category ON transactions (category_id, account_id, date);
