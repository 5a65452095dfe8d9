import assert from "node:assert/strict";
import { byRule, bySeverity, everything, isFiltered, shown, type View, viewOf, withoutLostRules, withRule, withSeverity } from "../../src/dashboard/view";
import { finding } from "./reports";

const scan = finding({ file: "src/orders.ts" });
const join = finding({ rule: "unindexed-join", file: "src/users.ts", message: "The join reads `users` without an index", why: "`users` has 10 rows", fixes: [{ title: "Create index `idx_users_email` in a new migration", safety: "review" }] });
const lost = finding({ rule: "unknown-table", severity: "error", message: "No migration makes the table `bills`" });
const findings = [scan, join, lost];

const seen = (view: Partial<View>) => shown(findings, { ...everything, ...view }).map(({ rule }) => rule);

describe("what the user chooses to see", () => {
  it("is everything at first", () => {
    assert.deepEqual(seen({}), ["unindexed-filter", "unindexed-join", "unknown-table"]);
    assert.equal(isFiltered(everything), false);
  });

  it("has every word somewhere, in either case, back-ticks left out", () => {
    assert.deepEqual(seen({ text: "JOIN reads users" }), ["unindexed-join"]);
    assert.deepEqual(seen({ text: "orders.ts" }), ["unindexed-filter"]);
    assert.deepEqual(seen({ text: "idx_users" }), ["unindexed-join"]);
    assert.deepEqual(seen({ text: "users bills" }), []);
    assert.deepEqual(seen({ text: "  " }).length, 3);
  });

  it("has a severity that is on and, where rules are chosen, one of them", () => {
    assert.deepEqual(seen(withSeverity(everything, "warning")), ["unknown-table"]);
    assert.deepEqual(seen(withSeverity(withSeverity(everything, "warning"), "warning")).length, 3);
    assert.deepEqual(seen(withRule(withRule(everything, "unknown-table"), "unindexed-join")), ["unindexed-join", "unknown-table"]);
  });

  it("counts for each choice what the other choices leave", () => {
    const view = withSeverity(withRule(everything, "unindexed-join"), "warning");
    assert.deepEqual([...bySeverity(findings, view)], [["error", 0], ["warning", 1], ["info", 0], ["hint", 0]]);
    assert.deepEqual(
      byRule(findings, view).map(({ rule, count, total }) => `${rule} ${count}/${total}`),
      ["unknown-table 1/1", "unindexed-filter 0/1", "unindexed-join 0/1"],
    );
  });

  it("lists the rules by the worst that they found, then by how much", () => {
    const many = [finding({ rule: "b" }), finding({ rule: "a" }), finding({ rule: "c" }), finding({ rule: "c" }), finding({ rule: "d", severity: "hint" }), finding({ rule: "d", severity: "error" })];
    assert.deepEqual(byRule(many, everything).map(({ rule }) => rule), ["d", "c", "a", "b"]);
  });

  it("forgets a rule that finds nothing any more", () => {
    const view = withRule(withRule(everything, "unknown-table"), "mended");
    assert.deepEqual(withoutLostRules(view, findings).rules, ["unknown-table"]);
  });

  it("is read from whatever was remembered", () => {
    const view: View = { text: "a", hidden: ["hint"], rules: ["r"] };
    assert.deepEqual(viewOf(JSON.parse(JSON.stringify(view))), view);
    for (const broken of [undefined, null, 1, "x", [], { text: 1, hidden: "hint", rules: {} }, { hidden: ["loud", 2], rules: [3] }]) assert.deepEqual(viewOf(broken), everything);
  });
});
