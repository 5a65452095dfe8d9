// The public shapes of reports, for those who may not import core.
export type * from "../core/report/report";
export type * from "../core/report/health";
export type * from "../core/report/migration-reports";
export type * from "../core/report/cache-report-shape";
export type * from "../core/report/schema-map";
export type * from "../core/report/schema-diagram";
export type * from "../core/report/query-list";
export type * from "../core/report/recommendation-list";
