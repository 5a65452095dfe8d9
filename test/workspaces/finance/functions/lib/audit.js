const INSERT_ENTRY = `
  INSERT INTO audit_log (actor_id, entity, entity_id, action, detail)
  VALUES (?1, ?2, ?3, ?4, ?5)
`;

/** A statement for the caller's batch, so that the entry is written with the change it speaks of, or not at all. */
export function auditEntry(db, actorId, entity, entityId, action, detail = {}) {
  return db.prepare(INSERT_ENTRY).bind(actorId, entity, entityId, action, JSON.stringify(detail));
}
