ALTER TABLE customers RENAME COLUMN vat_number TO tax_id;
ALTER TABLE customers ADD COLUMN country TEXT NOT NULL DEFAULT 'DE';
ALTER TABLE customers ADD COLUMN archived_at TEXT;
