// Which alerts the client tells of: each query once an hour, none that is muted or as it was.

import assert from "node:assert/strict";
import { alertKey, type AlertMemory, dueAlerts, withMuted, withTold } from "../../src/client/alert-memory";
import type { FolderAlert } from "../../src/protocol/lsp";

const HOUR = 3_600_000;
const alert = (subject: string, value: number, setting: FolderAlert["setting"] = "p95Ms"): FolderAlert => ({ folder: "file:///shop", setting, limit: 50, value, subject, message: `takes ${value} ms` });
const subjects = (alerts: readonly FolderAlert[]): readonly string[] => alerts.map(({ subject, setting }) => `${subject} ${setting}`);

describe("alerts", () => {
  it("are told once an hour for each query, and not again while the figure is the same", () => {
    const [a, b] = [alert("a", 90), alert("b", 70)];
    assert.deepEqual(subjects(dueAlerts([a, alert("a", 9_000, "rowsRead"), b], {}, 0)), ["a p95Ms", "b p95Ms"]);
    const told = withTold({}, [a, b], 0);
    const worse = alert("a", 120);
    assert.deepEqual(dueAlerts([worse, b], told, HOUR - 1), []);
    assert.deepEqual(subjects(dueAlerts([worse, b], told, HOUR)), ["a p95Ms"]);
    assert.deepEqual(dueAlerts([worse], withTold(told, [worse], HOUR), HOUR + 1), []);
    assert.deepEqual(subjects(dueAlerts([{ ...a, folder: "file:///other" }], told, 1)), ["a p95Ms"], "another folder's is another one");
  });

  it("are silent once they are muted", () => {
    const muted = withMuted({}, alert("a", 90), 0);
    assert.deepEqual(dueAlerts([alert("a", 900)], muted, 100 * HOUR), []);
    assert.deepEqual(dueAlerts([alert("a", 900)], withTold(muted, [alert("b", 1)], 10_000 * HOUR), 10_000 * HOUR), []);
  });

  it("are remembered for a month, and not without bound", () => {
    const old = withTold({}, [alert("a", 90)], 0);
    assert.deepEqual(Object.keys(withTold(old, [alert("b", 90)], 31 * 24 * HOUR)), [alertKey(alert("b", 90))]);
    let memory: AlertMemory = {};
    for (let at = 0; at < 1_000; at++) memory = withTold(memory, [alert(`q${at}`, 1)], at);
    assert.equal(Object.keys(memory).length, 500);
    assert.ok(alertKey(alert("q999", 1)) in memory);
  });
});
