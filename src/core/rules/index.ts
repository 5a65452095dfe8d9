// The one list of rules.

import { bindCount } from "./bind-count";
import { bindType } from "./bind-type";
import { configuration } from "./configuration";
import { d1Denied } from "./d1-denied";
import { d1Limit } from "./d1-limit";
import { deleteWithoutWhere } from "./delete-without-where";
import { doubleQuotedString } from "./double-quoted-string";
import { execMultiline } from "./exec-multiline";
import { failedMigration } from "./failed-migration";
import { firstWithoutLimit } from "./first-without-limit";
import { foreignDialect } from "./foreign-dialect";
import { insertOrReplaceCascade } from "./insert-or-replace-cascade";
import { invalidSql } from "./invalid-sql";
import { loopInvariantQuery } from "./loop-invariant-query";
import { notInNull } from "./not-in-null";
import { overQueryLimit } from "./over-query-limit";
import { queryInLoop } from "./query-in-loop";
import { realBind } from "./real-bind";
import { repeatedQuery } from "./repeated-query";
import type { Rule } from "./rule";
import { sequentialQueries } from "./sequential-queries";
import { stringInterpolation } from "./string-interpolation";
import { unindexedFilter } from "./unindexed-filter";
import { unindexedForeignKey } from "./unindexed-foreign-key";
import { unindexedJoin } from "./unindexed-join";
import { unindexedSort } from "./unindexed-sort";
import { unknownColumn } from "./unknown-column";
import { unknownTable } from "./unknown-table";
import { unusedSuppression } from "./unused-suppression";
import { updateWithoutWhere } from "./update-without-where";
import { writeInLoop } from "./write-in-loop";

export const rules: readonly Rule[] = [
  bindCount,
  bindType,
  configuration,
  d1Denied,
  d1Limit,
  deleteWithoutWhere,
  doubleQuotedString,
  execMultiline,
  failedMigration,
  firstWithoutLimit,
  foreignDialect,
  insertOrReplaceCascade,
  invalidSql,
  loopInvariantQuery,
  notInNull,
  overQueryLimit,
  queryInLoop,
  realBind,
  repeatedQuery,
  sequentialQueries,
  stringInterpolation,
  unindexedFilter,
  unindexedForeignKey,
  unindexedJoin,
  unindexedSort,
  unknownColumn,
  unknownTable,
  unusedSuppression,
  updateWithoutWhere,
  writeInLoop,
];

export const ruleIds: ReadonlySet<string> = new Set(rules.map((rule) => rule.id));
