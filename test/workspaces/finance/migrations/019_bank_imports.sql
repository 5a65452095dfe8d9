CREATE TABLE bank_imports (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  file_name TEXT NOT NULL,
  imported_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX idx_bank_imports_account ON bank_imports (account_id, imported_at);

CREATE TABLE bank_lines (
  import_id INTEGER NOT NULL REFERENCES bank_imports (id) ON DELETE CASCADE,
  line INTEGER NOT NULL,
  booked_on TEXT NOT NULL,
  amount INTEGER NOT NULL,
  reference TEXT NOT NULL,
  memo TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (import_id, line)
) WITHOUT ROWID;

ALTER TABLE transactions ADD COLUMN external_ref TEXT;
