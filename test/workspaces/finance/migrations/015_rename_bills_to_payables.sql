ALTER TABLE bills RENAME TO payables;

DROP INDEX idx_bills_user_status_due;
CREATE INDEX idx_payables_user_status_due ON payables (user_id, status, due_on);
