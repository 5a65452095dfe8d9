// The one list of rules.

import { addColumnFails } from "./add-column-fails";
import { autoincrement } from "./autoincrement";
import { bindCount } from "./bind-count";
import { bindType } from "./bind-type";
import { breaksQueries } from "./breaks-queries";
import { cacheMissRate } from "./cache-miss-rate";
import { cacheWithoutPurge } from "./cache-without-purge";
import { cacheableRead } from "./cacheable-read";
import { caseInsensitiveLike } from "./case-insensitive-like";
import { catchAllFilter } from "./catch-all-filter";
import { changesAffinity } from "./changes-affinity";
import { cheapReadCached } from "./cheap-read-cached";
import { configuration } from "./configuration";
import { correlatedScan } from "./correlated-scan";
import { countScan } from "./count-scan";
import { d1Denied } from "./d1-denied";
import { d1Limit } from "./d1-limit";
import { deepOffset } from "./deep-offset";
import { deleteWithoutWhere } from "./delete-without-where";
import { deniedInMigration } from "./denied-in-migration";
import { doubleQuotedString } from "./double-quoted-string";
import { dropColumnFails } from "./drop-column-fails";
import { dropsData } from "./drops-data";
import { duplicateNumber } from "./duplicate-number";
import { duplicateOfKey } from "./duplicate-of-key";
import { editedAfterApply } from "./edited-after-apply";
import { execMultiline } from "./exec-multiline";
import { failedMigration } from "./failed-migration";
import { firstWithoutLimit } from "./first-without-limit";
import { foreignDialect } from "./foreign-dialect";
import { foreignKeyAffinity } from "./foreign-key-affinity";
import { foreignKeyMismatch } from "./foreign-key-mismatch";
import { foreignKeyToNothing } from "./foreign-key-to-nothing";
import { functionOnColumn } from "./function-on-column";
import { gapInOrder } from "./gap-in-order";
import { hiddenByIfNotExists } from "./hidden-by-if-not-exists";
import { hungryQuery } from "./hungry-query";
import { ignoredPragma } from "./ignored-pragma";
import { insertOrReplaceCascade } from "./insert-or-replace-cascade";
import { intPrimaryKey } from "./int-primary-key";
import { invalidObject } from "./invalid-object";
import { invalidSql } from "./invalid-sql";
import { leadingWildcard } from "./leading-wildcard";
import { loopInvariantQuery } from "./loop-invariant-query";
import { mismatchedAffinity } from "./mismatched-affinity";
import { missingSemicolon } from "./missing-semicolon";
import { newerSyntax } from "./newer-syntax";
import { noPrimaryKey } from "./no-primary-key";
import { notAMigration } from "./not-a-migration";
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
import { reservedName } from "./reserved-name";
import type { Rule } from "./rule";
import { runtimeNPlusOne } from "./runtime-n-plus-one";
import { schemaAndBackfill } from "./schema-and-backfill";
import { sequentialQueries } from "./sequential-queries";
import { sharedKeyPrivateData } from "./shared-key-private-data";
import { shortTtl } from "./short-ttl";
import { slowQuery } from "./slow-query";
import { stringInterpolation } from "./string-interpolation";
import { surprisingType } from "./surprising-type";
import { tightensNull } from "./tightens-null";
import { transactionStatement } from "./transaction-statement";
import { triggerSplitting } from "./trigger-splitting";
import { unbatchedBackfill } from "./unbatched-backfill";
import { unboundedRead } from "./unbounded-read";
import { unindexedFilter } from "./unindexed-filter";
import { unindexedForeignKey } from "./unindexed-foreign-key";
import { unindexedJoin } from "./unindexed-join";
import { unindexedSort } from "./unindexed-sort";
import { uniqueOnDuplicates } from "./unique-on-duplicates";
import { unknownColumn } from "./unknown-column";
import { unknownTable } from "./unknown-table";
import { unterminatedComment } from "./unterminated-comment";
import { unusableOr } from "./unusable-or";
import { unusedIndex } from "./unused-index";
import { unusedSuppression } from "./unused-suppression";
import { updateWithoutWhere } from "./update-without-where";
import { valueDependentPlan } from "./value-dependent-plan";
import { wideTable } from "./wide-table";
import { writeBeforePurge } from "./write-before-purge";
import { writeInLoop } from "./write-in-loop";

export const rules: readonly Rule[] = [
  addColumnFails,
  autoincrement,
  bindCount,
  bindType,
  breaksQueries,
  cacheMissRate,
  cacheWithoutPurge,
  cacheableRead,
  caseInsensitiveLike,
  catchAllFilter,
  changesAffinity,
  cheapReadCached,
  configuration,
  correlatedScan,
  countScan,
  d1Denied,
  d1Limit,
  deepOffset,
  deleteWithoutWhere,
  deniedInMigration,
  doubleQuotedString,
  dropColumnFails,
  dropsData,
  duplicateNumber,
  duplicateOfKey,
  editedAfterApply,
  execMultiline,
  failedMigration,
  firstWithoutLimit,
  foreignDialect,
  foreignKeyAffinity,
  foreignKeyMismatch,
  foreignKeyToNothing,
  functionOnColumn,
  gapInOrder,
  hiddenByIfNotExists,
  hungryQuery,
  ignoredPragma,
  insertOrReplaceCascade,
  intPrimaryKey,
  invalidObject,
  invalidSql,
  leadingWildcard,
  loopInvariantQuery,
  mismatchedAffinity,
  missingSemicolon,
  newerSyntax,
  noPrimaryKey,
  notAMigration,
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
  reservedName,
  runtimeNPlusOne,
  schemaAndBackfill,
  sequentialQueries,
  sharedKeyPrivateData,
  shortTtl,
  slowQuery,
  stringInterpolation,
  surprisingType,
  tightensNull,
  transactionStatement,
  triggerSplitting,
  unbatchedBackfill,
  unboundedRead,
  unindexedFilter,
  unindexedForeignKey,
  unindexedJoin,
  unindexedSort,
  uniqueOnDuplicates,
  unknownColumn,
  unknownTable,
  unterminatedComment,
  unusableOr,
  unusedIndex,
  unusedSuppression,
  updateWithoutWhere,
  valueDependentPlan,
  wideTable,
  writeBeforePurge,
  writeInLoop,
];

export const ruleIds: ReadonlySet<string> = new Set(rules.map((rule) => rule.id));
