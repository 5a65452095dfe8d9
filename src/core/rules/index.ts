// The one list of rules.

import { addColumnFails } from "./add-column-fails";
import { autoincrement } from "./autoincrement";
import { bindCount } from "./bind-count";
import { bindType } from "./bind-type";
import { breaksQueries } from "./breaks-queries";
import { caseInsensitiveLike } from "./case-insensitive-like";
import { catchAllFilter } from "./catch-all-filter";
import { changesAffinity } from "./changes-affinity";
import { configuration } from "./configuration";
import { correlatedScan } from "./correlated-scan";
import { countScan } from "./count-scan";
import { d1Denied } from "./d1-denied";
import { d1Limit } from "./d1-limit";
import { deepOffset } from "./deep-offset";
import { deleteWithoutWhere } from "./delete-without-where";
import { doubleQuotedString } from "./double-quoted-string";
import { dropColumnFails } from "./drop-column-fails";
import { dropsData } from "./drops-data";
import { duplicateOfKey } from "./duplicate-of-key";
import { execMultiline } from "./exec-multiline";
import { failedMigration } from "./failed-migration";
import { firstWithoutLimit } from "./first-without-limit";
import { foreignDialect } from "./foreign-dialect";
import { foreignKeyAffinity } from "./foreign-key-affinity";
import { foreignKeyMismatch } from "./foreign-key-mismatch";
import { foreignKeyToNothing } from "./foreign-key-to-nothing";
import { functionOnColumn } from "./function-on-column";
import { hiddenByIfNotExists } from "./hidden-by-if-not-exists";
import { insertOrReplaceCascade } from "./insert-or-replace-cascade";
import { intPrimaryKey } from "./int-primary-key";
import { invalidObject } from "./invalid-object";
import { invalidSql } from "./invalid-sql";
import { leadingWildcard } from "./leading-wildcard";
import { loopInvariantQuery } from "./loop-invariant-query";
import { mismatchedAffinity } from "./mismatched-affinity";
import { noPrimaryKey } from "./no-primary-key";
import { notInNull } from "./not-in-null";
import { nullableKey } from "./nullable-key";
import { overQueryLimit } from "./over-query-limit";
import { queryInLoop } from "./query-in-loop";
import { randomOrder } from "./random-order";
import { realBind } from "./real-bind";
import { rebuildColumnOrder } from "./rebuild-column-order";
import { rebuildForgets } from "./rebuild-forgets";
import { rebuildHidesOrphans } from "./rebuild-hides-orphans";
import { rebuildLosesRows } from "./rebuild-loses-rows";
import { rebuildRepointsKeys } from "./rebuild-repoints-keys";
import { rebuildResetsSequence } from "./rebuild-resets-sequence";
import { redundantIndex } from "./redundant-index";
import { renameBreaks } from "./rename-breaks";
import { repeatedQuery } from "./repeated-query";
import type { Rule } from "./rule";
import { sequentialQueries } from "./sequential-queries";
import { stringInterpolation } from "./string-interpolation";
import { surprisingType } from "./surprising-type";
import { tightensNull } from "./tightens-null";
import { unboundedRead } from "./unbounded-read";
import { unindexedFilter } from "./unindexed-filter";
import { unindexedForeignKey } from "./unindexed-foreign-key";
import { unindexedJoin } from "./unindexed-join";
import { unindexedSort } from "./unindexed-sort";
import { uniqueOnDuplicates } from "./unique-on-duplicates";
import { unknownColumn } from "./unknown-column";
import { unknownTable } from "./unknown-table";
import { unusableOr } from "./unusable-or";
import { unusedIndex } from "./unused-index";
import { unusedSuppression } from "./unused-suppression";
import { updateWithoutWhere } from "./update-without-where";
import { valueDependentPlan } from "./value-dependent-plan";
import { wideTable } from "./wide-table";
import { writeInLoop } from "./write-in-loop";

export const rules: readonly Rule[] = [
  addColumnFails,
  autoincrement,
  bindCount,
  bindType,
  breaksQueries,
  caseInsensitiveLike,
  catchAllFilter,
  changesAffinity,
  configuration,
  correlatedScan,
  countScan,
  d1Denied,
  d1Limit,
  deepOffset,
  deleteWithoutWhere,
  doubleQuotedString,
  dropColumnFails,
  dropsData,
  duplicateOfKey,
  execMultiline,
  failedMigration,
  firstWithoutLimit,
  foreignDialect,
  foreignKeyAffinity,
  foreignKeyMismatch,
  foreignKeyToNothing,
  functionOnColumn,
  hiddenByIfNotExists,
  insertOrReplaceCascade,
  intPrimaryKey,
  invalidObject,
  invalidSql,
  leadingWildcard,
  loopInvariantQuery,
  mismatchedAffinity,
  noPrimaryKey,
  notInNull,
  nullableKey,
  overQueryLimit,
  queryInLoop,
  randomOrder,
  realBind,
  rebuildColumnOrder,
  rebuildForgets,
  rebuildHidesOrphans,
  rebuildLosesRows,
  rebuildRepointsKeys,
  rebuildResetsSequence,
  redundantIndex,
  renameBreaks,
  repeatedQuery,
  sequentialQueries,
  stringInterpolation,
  surprisingType,
  tightensNull,
  unboundedRead,
  unindexedFilter,
  unindexedForeignKey,
  unindexedJoin,
  unindexedSort,
  uniqueOnDuplicates,
  unknownColumn,
  unknownTable,
  unusableOr,
  unusedIndex,
  unusedSuppression,
  updateWithoutWhere,
  valueDependentPlan,
  wideTable,
  writeInLoop,
];

export const ruleIds: ReadonlySet<string> = new Set(rules.map((rule) => rule.id));
