// What the check of copies needs of ours.

export { readLocalDatabase } from "../../src/workspace/local-database";
export { loadEngine } from "../../src/sqlite/engine";
