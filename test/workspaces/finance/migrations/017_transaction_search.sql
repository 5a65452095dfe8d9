CREATE VIRTUAL TABLE transactions_fts USING fts5 (
  description,
  content = 'transactions',
  content_rowid = 'id',
  tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TRIGGER trg_transactions_fts_insert AFTER INSERT ON transactions
BEGIN
  INSERT INTO transactions_fts (rowid, description) VALUES (new.id, new.description);
END;

CREATE TRIGGER trg_transactions_fts_delete AFTER DELETE ON transactions
BEGIN
  INSERT INTO transactions_fts (transactions_fts, rowid, description) VALUES ('delete', old.id, old.description);
END;

CREATE TRIGGER trg_transactions_fts_update AFTER UPDATE OF description ON transactions
BEGIN
  INSERT INTO transactions_fts (transactions_fts, rowid, description) VALUES ('delete', old.id, old.description);
  INSERT INTO transactions_fts (rowid, description) VALUES (new.id, new.description);
END;

INSERT INTO transactions_fts (transactions_fts) VALUES ('rebuild');
