CREATE TABLE drafts (
  id INTEGER PRIMARY KEY,
  title TEXT DEFAULT 'untitled
);

CREATE TRIGGER drafts_touch AFTER UPDATE ON drafts
BEGIN
  UPDATE drafts SET title =
