CREATE TABLE budgets (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  starts_on TEXT NOT NULL,
  ends_on TEXT NOT NULL,
  CHECK (starts_on <= ends_on)
);

CREATE INDEX idx_budgets_user_starts ON budgets (user_id, starts_on);

CREATE TABLE budget_lines (
  budget_id INTEGER NOT NULL REFERENCES budgets (id) ON DELETE CASCADE,
  category_id INTEGER NOT NULL REFERENCES categories (id),
  planned INTEGER NOT NULL,
  PRIMARY KEY (budget_id, category_id)
) WITHOUT ROWID;

CREATE INDEX idx_budget_lines_category ON budget_lines (category_id);
