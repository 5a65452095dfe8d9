// What the check of traces needs of ours.

export { Traffic } from "../../src/core/telemetry/traffic";
export { loadEngine } from "../../src/sqlite/engine";
export { findTraceStores, TraceReader } from "../../src/workspace/trace-store";
export { readDatabaseFile } from "../../src/workspace/local-database";
