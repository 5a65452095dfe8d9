ALTER TABLE accounts ADD COLUMN position INTEGER NOT NULL DEFAULT 0;

-- Cash accounts of the trial period were opened with their balance in whole euros.
UPDATE accounts SET opening_balance = opening_balance * 100 WHERE kind = 'cash' AND created_at < '2024-02-01';
