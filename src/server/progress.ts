// The progress of a review in the editor. A review that is over before anyone would read of it shows none.

import type { ProposedFeatures, WorkDoneProgressReporter } from "vscode-languageserver/node";
import type { ReviewProgress } from "./folder-analysis";

const quietMs = 300;

/** In the background: shown where the editor can, from the first report after a short while on. */
export function progressOf(connection: ProposedFeatures.Connection): ReviewProgress {
  const began = Date.now();
  let shown: Promise<WorkDoneProgressReporter> | undefined;
  return {
    report(done, total, what) {
      if (shown === undefined && Date.now() - began < quietMs) return;
      shown ??= connection.window.createWorkDoneProgress().then((reporter) => {
        reporter.begin("Plumbline", 0, what);
        return reporter;
      });
      void shown.then((reporter) => reporter.report(percent(done, total), what)).catch(() => undefined);
    },
    end() {
      void shown?.then((reporter) => reporter.done()).catch(() => undefined);
    },
  };
}

/** For a request that brings its own place to report to. */
export function progressFor(reporter: WorkDoneProgressReporter): ReviewProgress {
  reporter.begin("Plumbline", 0);
  return {
    report: (done, total, what) => reporter.report(percent(done, total), what),
    end: () => reporter.done(),
  };
}

function percent(done: number, total: number): number {
  return total === 0 ? 0 : Math.min(100, Math.round((100 * done) / total));
}
