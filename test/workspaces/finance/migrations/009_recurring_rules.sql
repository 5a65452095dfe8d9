CREATE TABLE recurring_rules (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  category_id INTEGER REFERENCES categories (id),
  description TEXT NOT NULL,
  amount INTEGER NOT NULL,
  every TEXT NOT NULL CHECK (every IN ('week', 'month', 'quarter', 'year')),
  next_on TEXT NOT NULL,
  active INTEGER NOT NULL DEFAULT 1
);

CREATE INDEX idx_recurring_rules_user_next ON recurring_rules (user_id, next_on) WHERE active = 1;
CREATE INDEX idx_recurring_rules_user ON recurring_rules (user_id);
CREATE INDEX idx_recurring_rules_account ON recurring_rules (account_id);
CREATE INDEX idx_recurring_rules_category ON recurring_rules (category_id);
