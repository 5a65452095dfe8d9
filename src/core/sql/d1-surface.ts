// What D1 lets a statement do, and its limits: data alone, for the rules about queries and about migrations.
// Source: cloudflare/workerd, src/workerd/util/sqlite.c++ (ALLOWED_SQLITE_FUNCTIONS, ALLOWED_PRAGMAS, setupSecurity) and
// src/workerd/api/sql.c++ (isAllowedName), executed on the local runtime (workerd 1.20261117.1).

/** Functions that D1's authorizer lets through; SQLite has more. */
export const allowedFunctions: ReadonlySet<string> = new Set(
  `abs changes char coalesce concat concat_ws format glob hex ifnull iif instr last_insert_rowid length like likelihood likely load_extension lower
  ltrim max min nullif octet_length printf quote random randomblob replace round rtrim sign soundex substr substring total_changes trim typeof unhex
  unicode unlikely upper zeroblob
  date time datetime julianday unixepoch strftime timediff current_date current_time current_timestamp
  avg count group_concat string_agg sum total
  row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value
  acos acosh asin asinh atan atan2 atanh ceil cos cosh degrees exp floor ln log log2 mod pi pow radians sin sinh sqrt tan tanh trunc
  json jsonb json_array jsonb_array json_array_length json_extract jsonb_extract -> ->> json_insert jsonb_insert json_object jsonb_object json_patch
  jsonb_patch json_remove jsonb_remove json_replace jsonb_replace json_set jsonb_set json_type json_valid json_quote json_group_array
  jsonb_group_array json_group_object jsonb_group_object json_each json_tree
  match highlight bm25 snippet rtreecheck
  sqlite_rename_column sqlite_rename_table sqlite_rename_test sqlite_drop_column sqlite_rename_quotefix`.split(/\s+/),
);

/** Functions that D1's SQLite has and its authorizer refuses; those in neither list do not exist there. */
export const knownFunctions: ReadonlySet<string> = new Set(
  `affinity ceiling expr_compare expr_implies_expr fts5 fts5_get_locale fts5_insttoken fts5_locale fts5_source_id if implies_nonnull_row
  json_array_insert json_error_position json_pretty jsonb_array_insert log10 power rtreedepth rtreenode sqlite_add_constraint
  sqlite_compileoption_get sqlite_compileoption_used sqlite_drop_constraint sqlite_fail sqlite_find_constraint sqlite_log sqlite_source_id
  sqlite_version subtype unistr unistr_quote`.split(/\s+/),
);

/** What does the same as a refused function, argument by argument. */
export const functionInstead: ReadonlyMap<string, string> = new Map([
  ["if", "iif"],
  ["power", "pow"],
  ["ceiling", "ceil"],
  ["log10", "log"],
]);

/** `read`: without a value; `argument`: with one in parentheses, or none; `switch`: may be set. */
export const allowedPragmas: ReadonlyMap<string, "read" | "argument" | "switch"> = new Map([
  ...(["data_version", "page_size", "table_list"] as const).map((name) => [name, "read"] as const),
  ...(["table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list", "foreign_key_check", "quick_check", "optimize"] as const).map((name) => [name, "argument"] as const),
  ...(["case_sensitive_like", "foreign_keys", "defer_foreign_keys", "ignore_check_constraints", "legacy_alter_table", "recursive_triggers", "reverse_unordered_selects"] as const).map((name) => [name, "switch"] as const),
]);

export const allowedModules: ReadonlySet<string> = new Set(["fts5", "fts5vocab", "rtree", "rtree_i32"]);

/** Names that D1 keeps to itself, in any case. */
export const reservedName = /^_cf_/i;

export const d1Limits = {
  /** Bound parameters of a statement; also the highest number of `?N`. */
  parameters: 100,
  /** Bytes of a statement, comments included. */
  statementBytes: 100_000,
  /** Bytes of the pattern of LIKE and GLOB. */
  patternBytes: 50,
  /** SELECTs joined by UNION and its like; rows of VALUES do not count. Not in Cloudflare's documentation. */
  compoundTerms: 5,
  /** Levels of an expression. */
  depth: 100,
  /** Columns of a table, of a result, terms of ORDER BY and GROUP BY. */
  columns: 100,
  /** Arguments of a function. Cloudflare's documentation says 32. */
  functionArguments: 127,
  /** Triggers within triggers, and actions of foreign keys within one another. Not in Cloudflare's documentation. */
  triggerDepth: 10,
} as const;
