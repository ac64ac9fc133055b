// The page in a frame of somebody else's page.

import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";

import { box, counts, eventually, exchange, open, paste, picker, ready, samples, summary, url, useBuiltIn } from "./page.mjs";

const linkOf = (state) => `#v1=${deflateRawSync(JSON.stringify(state)).toString("base64url")}`;
const STATE = { dialogue: exchange("a", "b"), tokenizer: "lossmask", recipe: "all-tokens", template: { catalog: "chatml" } };

/** Opens the page that has frames, and waits for what is in them. */
async function article(t, options) {
  const { page } = await open(t, { wait: false, ...options });
  await page.goto(`${url}embed.html`);
  const frames = await page.locator("iframe").all();
  for (const frame of frames) {
    await frame.scrollIntoViewIfNeeded();
    await frame.contentFrame().locator("html[data-state=ready]").waitFor({ state: "attached" });
  }
  return { page, frames };
}

test("a frame shows the samples of its link and nothing around them", async (t) => {
  const { page } = await open(t, { wait: false });
  await page.goto(`${url}?embed=1&lang=en${linkOf(STATE)}`);
  await page.reload();
  await ready(page);
  assert.equal(await samples(page).count(), 1);
  for (const hidden of [page.getByRole("tablist"), box(page), picker(page, "Recipe"), page.getByRole("button", { name: "Share" }), page.getByRole("link", { name: "To the samples" })]) {
    assert.equal(await hidden.count(), 0);
  }
  assert.match(await page.locator(".foot").innerText(), /all-tokens · .*lossmask/);
  assert.ok(page.url().includes("#v1="), "the frame keeps its link: nothing else has its state");
});

test("a frame leads to the whole page with the same samples", async (t) => {
  const { page } = await open(t, { wait: false });
  await page.goto(`${url}?embed=1&lang=en${linkOf(STATE)}`);
  await page.reload();
  await ready(page);
  const opening = page.waitForEvent("popup");
  await page.getByRole("link", { name: "Open in lossmask", exact: true }).click();
  const whole = await opening;
  await ready(whole);
  assert.equal(await box(whole).inputValue(), STATE.dialogue);
  assert.equal(await picker(whole, "Recipe").inputValue(), "all-tokens");
  assert.equal(new URL(whole.url()).search, "?lang=en");
});

test("a frame leaves what the user has in the page itself as it is", async (t) => {
  const { page } = await open(t, { query: "lang=en&theme=dark", wait: false });
  await useBuiltIn(page);
  await paste(page, exchange("mine", "stays"));
  await counts(page, await summary(page));
  await page.waitForTimeout(600);
  const kept = () => page.evaluate(() => JSON.stringify({ ...localStorage }));
  const before = await kept();
  assert.ok(before.includes("stays"));
  await page.goto(`${url}?embed=1&lang=zh&theme=light${linkOf(STATE)}`);
  await page.reload();
  await ready(page);
  await page.waitForTimeout(600);
  assert.ok(!(await page.content()).includes("stays"));
  await page.goto("about:blank");
  await page.goto(`${url}?lang=en&theme=dark`);
  await ready(page);
  assert.equal(await kept(), before);
});

test("the frames of an article are as high as what is in them, and grow with it", async (t) => {
  const { page, frames } = await article(t);
  for (const frame of frames) {
    const inner = await frame.contentFrame().locator("html").evaluate((root) => root.getBoundingClientRect().height);
    await eventually(
      async () => (await frame.boundingBox()).height,
      (height) => Math.abs(height - inner) <= 3,
      `a frame as high as ${inner}`,
    );
  }
  const before = (await frames[0].boundingBox()).height;
  await page.setViewportSize({ width: 420, height: 800 });
  await eventually(async () => (await frames[0].boundingBox()).height, (height) => height > before, "a higher frame");
});

test("the code on the article's page is copied and makes the same frame", async (t) => {
  const { page } = await article(t, { permissions: ["clipboard-read", "clipboard-write"] });
  await page.getByRole("button", { name: "Copy · 复制", exact: true }).click();
  await page.getByRole("status").filter({ hasText: "Copied" }).waitFor();
  const code = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(code, /^<iframe src="http[^"]*\?embed=1&amp;lang=en#v1=[\w-]+" title="lossmask"/);
  assert.match(code, /<script src="[^"]*embed\.js" async><\/script>$/);
});

test("a frame believes no message, and a page's script no height that is none", async (t) => {
  const { page, frames } = await article(t);
  const before = (await frames[0].boundingBox()).height;
  await page.evaluate(() => {
    for (const height of [-5, "9", NaN, null, {}]) postMessage({ type: "lossmask:height", height }, "*");
    for (const frame of document.querySelectorAll("iframe")) frame.contentWindow.postMessage({ type: "lossmask:height", height: 1 }, "*");
  });
  await page.waitForTimeout(300);
  assert.equal((await frames[0].boundingBox()).height, before);
});

test("a frame says its height when it is there, and once, however long it loads", async (t) => {
  const { page } = await open(t, { wait: false });
  const slow = (route) => setTimeout(() => route.continue(), 3000);
  await page.context().route("**/worker-*_bg.wasm", slow);
  await page.goto(`${url}embed.html`, { waitUntil: "commit" });
  await page.evaluate(() => {
    window.heights = [];
    addEventListener("message", ({ data }) => data?.type === "lossmask:height" && window.heights.push(data.height));
  });
  const frame = page.locator("iframe").first();
  await frame.scrollIntoViewIfNeeded();
  await frame.contentFrame().locator("html[data-state=ready]").waitFor({ state: "attached" });
  await page.waitForTimeout(500);
  const heights = await page.evaluate(() => window.heights);
  assert.ok(heights.length > 0 && heights.length < 10 && heights.every((height) => height < 1500), String(heights));
});
