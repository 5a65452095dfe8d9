CREATE TABLE categories (
  id INTEGER PRIMARY KEY,
  parent_id INTEGER REFERENCES categories (id),
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('income', 'expense', 'transfer')),
  position INTEGER NOT NULL DEFAULT 0
);

INSERT INTO categories (id, parent_id, name, kind, position) VALUES
  (1, NULL, 'Revenue', 'income', 1),
  (2, 1, 'Consulting', 'income', 1),
  (3, 1, 'Product sales', 'income', 2),
  (10, NULL, 'Operations', 'expense', 2),
  (11, 10, 'Rent', 'expense', 1),
  (12, 10, 'Software; licences', 'expense', 2),
  (13, 10, 'Travel', 'expense', 3),
  (20, NULL, 'People', 'expense', 3),
  (21, 20, 'Salaries', 'expense', 1),
  (22, 20, 'Contractors', 'expense', 2),
  (30, NULL, 'Transfer', 'transfer', 4);
