// How a request ends otherwise than with an answer.

/** The user can mend it; the message says how. */
export class UsageError extends Error {}
/** Newer input made the answer useless. */
export class Cancelled extends Error {}
