-- A receivable that is paid in full settles its invoice.
CREATE TRIGGER trg_receivables_settle
AFTER UPDATE OF amount_paid ON receivables
WHEN new.amount_paid >= new.amount_due AND new.status = 'open'
BEGIN
  UPDATE receivables SET status = 'paid' WHERE id = new.id;
  UPDATE invoices SET status = 'paid' WHERE id = new.invoice_id;
END;
