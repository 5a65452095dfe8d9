import assert from "node:assert/strict";
import fc from "fast-check";
import { html, prose } from "../../src/dashboard/html";

describe("the dashboard's HTML", () => {
  it("escapes what is put into it, in text and in attributes", () => {
    const evil = `"><img src=x onerror='alert(1)'>&\``;
    assert.equal(html`<p title="${evil}">${evil}</p>`.toString(), `<p title="${escaped}">${escaped}</p>`);
  });
  const escaped = "&#34;&#62;&#60;img src=x onerror=&#39;alert(1)&#39;&#62;&#38;&#96;";

  it("keeps what a template made, one or many", () => {
    const items = ["<", "b"].map((text) => html`<li>${text}</li>`);
    assert.equal(html`<ul>${items}</ul>${html`<hr>`}${2}`.toString(), "<ul><li>&#60;</li><li>b</li></ul><hr>2");
  });

  it("shows names in back-ticks as code, and a lone back-tick as itself", () => {
    assert.equal(prose("`a` and `b`").toString(), "<code>a</code> and <code>b</code>");
    assert.equal(prose("`<a>` or ` alone").toString(), "<code>&#60;a&#62;</code> or &#96; alone");
    assert.equal(prose("").toString(), "");
  });

  it("loses no character of any text, and lets none become markup", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("`", "<", ">", "&", '"', "'", "a", " ") }), (text) => {
        const shown = prose(text).toString();
        assert.match(shown, /^(?:<\/?code>|&#\d+;|[a ])*$/);
        const read = shown.replaceAll(/<\/?code>/g, "`").replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
        assert.equal(read, text);
      }),
    );
  });
});
