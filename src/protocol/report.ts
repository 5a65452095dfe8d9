// The public shapes of reports, for those who may not import core.
export type * from "../core/report/report";
export type * from "../core/report/health";
export type * from "../core/report/migration-reports";
export type * from "../core/report/cache-report-shape";
export type * from "../core/report/view-shapes";
