-- No foreign keys: the log outlives what it speaks of.
CREATE TABLE audit_log (
  id INTEGER PRIMARY KEY,
  actor_id INTEGER,
  entity TEXT NOT NULL,
  entity_id INTEGER NOT NULL,
  action TEXT NOT NULL,
  detail TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(detail)),
  created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX idx_audit_log_actor ON audit_log (actor_id);

CREATE TRIGGER trg_invoices_status_audit
AFTER UPDATE OF status ON invoices
WHEN old.status <> new.status
BEGIN
  INSERT INTO audit_log (actor_id, entity, entity_id, action, detail)
  VALUES (new.user_id, 'invoice', new.id, 'status', json_object('from', old.status, 'to', new.status));
END;
