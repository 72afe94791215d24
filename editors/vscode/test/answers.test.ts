import assert from "node:assert/strict";
import { test } from "node:test";
import { asAnswer, isRemark, page } from "../src/answers";

test("an answer has a title and something to show", () => {
  assert.deepEqual(asAnswer({ title: "model", markdown: "# m", uri: 3 }), {
    title: "model",
    markdown: "# m",
    html: undefined,
    svg: undefined,
  });
  for (const other of [undefined, null, 3, "text", [], { title: "model" }, { markdown: "text" }, { title: 1, svg: "" }]) {
    assert.equal(asAnswer(other), undefined);
  }
});

test("a page runs nothing and loads nothing", () => {
  for (const html of [page({ title: "m", svg: "<svg/>" }), page({ title: "m", html: "<html><head></head><body/></html>" })]) {
    assert.match(html, /<head>(<meta[^>]*>)*<meta http-equiv="Content-Security-Policy" content="default-src 'none'/);
    assert.doesNotMatch(html, /script-src/);
  }
});

test("titles and texts are text", () => {
  const html = page({ title: "</title><script>1</script>", markdown: "<img onerror=1>" });
  assert.doesNotMatch(html, /<script|<img/);
});

test("an answer of one line is a remark, not a page", () => {
  assert.ok(isRemark({ title: "10 findings fixed", markdown: "10 findings fixed\n" }));
  assert.ok(!isRemark({ title: "model", markdown: "| layer |" }));
  assert.ok(!isRemark({ title: "model", svg: "<svg/>" }));
});
