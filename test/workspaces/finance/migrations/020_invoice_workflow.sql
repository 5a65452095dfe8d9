ALTER TABLE invoices ADD COLUMN sent_at TEXT;
ALTER TABLE invoices ADD COLUMN reminded_at TEXT;
ALTER TABLE invoices ADD COLUMN public_token TEXT;

CREATE UNIQUE INDEX idx_invoices_public_token ON invoices (public_token) WHERE public_token IS NOT NULL;
CREATE INDEX idx_invoices_user_status_issued ON invoices (user_id, status, issued_on);
