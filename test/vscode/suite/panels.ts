// What stands in webviews, which VS Code does not show to tests: the pages that a panel is sent, and what its script would ask.
import * as vscode from "vscode";
import type { Pages, PageRequest, ShowPage } from "../../../src/protocol/pages";

export interface WatchedPanel {
  /** The next page of a kind that passes, once the script has said that it is ready. */
  page<View extends keyof Pages>(view: View, passes: (page: Pages[View]) => boolean): Promise<Pages[View]>;
  /** As a press in the page does; resolves when the extension has done what was asked. */
  ask(request: PageRequest): Promise<void>;
}

/** Watches the next panel that is made: the extension and its tests share the object that makes panels. */
export function watchPanel(): WatchedPanel {
  const usual = vscode.window.createWebviewPanel;
  const sent = new vscode.EventEmitter<ShowPage>();
  const listeners: ((request: PageRequest) => unknown)[] = [];
  const once = (...given: Parameters<typeof usual>): vscode.WebviewPanel => {
    Object.assign(vscode.window, { createWebviewPanel: usual });
    const panel = usual.apply(vscode.window, given);
    const { webview } = panel;
    const send = webview.postMessage.bind(webview);
    const listen = webview.onDidReceiveMessage.bind(webview);
    let isReady = false;
    listen(({ kind }: PageRequest) => (isReady ||= kind === "ready"));
    Object.assign(webview, {
      postMessage: (message: ShowPage) => {
        if (isReady) sent.fire(message);
        return send(message);
      },
      onDidReceiveMessage: (listener: (request: PageRequest) => unknown) => {
        listeners.push(listener);
        return listen(listener);
      },
    });
    return panel;
  };
  Object.assign(vscode.window, { createWebviewPanel: once });
  return {
    page: <View extends keyof Pages>(view: View, passes: (page: Pages[View]) => boolean) =>
      new Promise<Pages[View]>((resolve) => {
        const listening = sent.event((message) => {
          const page = message.page as Pages[View];
          if (message.view !== view || !passes(page)) return;
          listening.dispose();
          resolve(page);
        });
      }),
    ask: async (request) => {
      await Promise.all(listeners.map((listener) => listener(request)));
    },
  };
}

/** The tabs of our panels of a type. */
export function panelTabs(viewType: string): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(viewType)));
}
