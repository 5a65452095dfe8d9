// What the extension and the dashboard's webview say to each other: whole pages one way, what the user asks for the other.

import type { Range, ReviewReport } from "./report";

export type DashboardPage =
  /** The first review is not done. */
  | { readonly kind: "waiting"; readonly folderName: string }
  | {
      readonly kind: "reviewed";
      readonly folderName: string;
      /** ISO 8601. */
      readonly reviewedAt: string;
      /** A newer review is under way. */
      readonly working: boolean;
      /** Null where the folder has nothing to review. */
      readonly report: ReviewReport | null;
    }
  | { readonly kind: "failed"; readonly folderName: string; readonly message: string };

/** To the webview. `folder` (a uri) names what the webview remembers for the next window. */
export interface ShowPage {
  readonly kind: "show";
  readonly folder: string;
  readonly page: DashboardPage;
}

/** From the webview. */
export type DashboardRequest =
  /** The script runs and can be shown a page. */
  | { readonly kind: "ready" }
  /** `file` is relative to the folder. */
  | { readonly kind: "open"; readonly file: string; readonly range: Range }
  | { readonly kind: "explainRule"; readonly rule: string }
  | { readonly kind: "review" };

/** What the webview leaves behind for the next window, beside what is its own. */
export interface DashboardMemory {
  readonly folder: string;
}
