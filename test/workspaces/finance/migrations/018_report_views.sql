CREATE INDEX idx_transactions_account_month ON transactions (account_id, month, amount);

CREATE VIEW account_balances AS
SELECT
  a.id,
  a.user_id,
  a.name,
  a.kind,
  a.currency,
  a.opening_balance + coalesce((SELECT sum(t.amount) FROM transactions t WHERE t.account_id = a.id), 0) AS balance
FROM accounts a
WHERE a.closed_on IS NULL;

CREATE VIEW monthly_cash_flow AS
SELECT
  account_id,
  month,
  sum(CASE WHEN amount > 0 THEN amount ELSE 0 END) AS money_in,
  sum(CASE WHEN amount < 0 THEN -amount ELSE 0 END) AS money_out
FROM transactions
GROUP BY account_id, month;

CREATE VIEW open_receivables AS
SELECT
  r.id,
  r.user_id,
  r.due_on,
  r.amount_due - r.amount_paid AS outstanding,
  i.number,
  i.currency,
  c.name AS customer
FROM receivables r
JOIN invoices i ON i.id = r.invoice_id
JOIN customers c ON c.id = i.customer_id
WHERE r.status = 'open';
