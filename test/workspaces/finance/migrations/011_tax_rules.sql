CREATE TABLE tax_rules (
  id INTEGER PRIMARY KEY,
  country TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('standard', 'reduced', 'zero')),
  rate REAL NOT NULL,
  valid_from TEXT NOT NULL,
  UNIQUE (country, kind, valid_from)
) STRICT;

INSERT INTO tax_rules (country, kind, rate, valid_from) VALUES
  ('DE', 'standard', 0.19, '2021-01-01'),
  ('DE', 'reduced', 0.07, '2021-01-01'),
  ('FR', 'standard', 0.20, '2014-01-01'),
  ('NL', 'standard', 0.21, '2012-10-01'),
  ('NL', 'reduced', 0.09, '2019-01-01');
