-- A wholesale trade in the shape of TPC-H: eight tables with keys and no index besides.
CREATE TABLE regions (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL
);
CREATE TABLE nations (
  id INTEGER PRIMARY KEY,
  region_id INTEGER NOT NULL REFERENCES regions (id),
  name TEXT NOT NULL
);
CREATE TABLE suppliers (
  id INTEGER PRIMARY KEY,
  nation_id INTEGER NOT NULL REFERENCES nations (id),
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  phone TEXT NOT NULL,
  balance REAL NOT NULL,
  remark TEXT NOT NULL
);
CREATE TABLE parts (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  maker TEXT NOT NULL,
  brand TEXT NOT NULL,
  kind TEXT NOT NULL,
  size INTEGER NOT NULL,
  container TEXT NOT NULL,
  list_price REAL NOT NULL
);
CREATE TABLE offers (
  part_id INTEGER NOT NULL REFERENCES parts (id),
  supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
  stock INTEGER NOT NULL,
  cost REAL NOT NULL,
  PRIMARY KEY (part_id, supplier_id)
);
CREATE TABLE customers (
  id INTEGER PRIMARY KEY,
  nation_id INTEGER NOT NULL REFERENCES nations (id),
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  phone TEXT NOT NULL,
  segment TEXT NOT NULL,
  balance REAL NOT NULL,
  remark TEXT NOT NULL
);
CREATE TABLE orders (
  id INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  status TEXT NOT NULL,
  total REAL NOT NULL,
  ordered_on TEXT NOT NULL,
  priority TEXT NOT NULL,
  clerk TEXT NOT NULL,
  remark TEXT NOT NULL
);
CREATE TABLE order_lines (
  order_id INTEGER NOT NULL REFERENCES orders (id),
  line INTEGER NOT NULL,
  part_id INTEGER NOT NULL REFERENCES parts (id),
  supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
  quantity INTEGER NOT NULL,
  price REAL NOT NULL,
  discount REAL NOT NULL,
  tax REAL NOT NULL,
  returned TEXT NOT NULL,
  status TEXT NOT NULL,
  shipped_on TEXT NOT NULL,
  promised_on TEXT NOT NULL,
  received_on TEXT NOT NULL,
  handling TEXT NOT NULL,
  mode TEXT NOT NULL,
  PRIMARY KEY (order_id, line)
);
