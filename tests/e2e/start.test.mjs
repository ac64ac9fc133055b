// The first moments: words before the program, and nothing that jumps.

import assert from "node:assert/strict";
import { test } from "node:test";

import { open, ready, url } from "./page.mjs";

const SIZES = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

test("words stand on the screen before the program is there, in the reader's language", async (t) => {
  for (const [lang, words] of [["en", /Which tokens does fine-tuning train\?/], ["zh", /微调时到底训练了哪些 token？/]]) {
    const { page } = await open(t, { query: `lang=${lang}`, wait: false, hold: /app-[^/]*\.wasm/ });
    const line = page.locator(".state-line:visible");
    await line.waitFor();
    assert.equal(await line.count(), 1, "the other language's words are hidden");
    assert.match(await line.innerText(), words);
    assert.equal(await page.locator("html").getAttribute("data-state"), "loading");
  }
});

test("the page has one style sheet, and asks for the program only after it", async (t) => {
  const { page, requests } = await open(t);
  await ready(page);
  const own = requests.filter((request) => request.startsWith(url)).map((request) => request.slice(url.length).split("?")[0]);
  assert.equal(own.filter((file) => file.endsWith(".css")).length, 1, own.join(" "));
  const first = (pattern) => own.findIndex((file) => pattern.test(file));
  assert.ok(first(/\.css$/) < first(/^app-.*\.wasm$/), own.join(" "));
});

for (const [name, viewport] of Object.entries(SIZES)) {
  test(`nothing jumps while the page loads, ${name}`, async (t) => {
    const { page } = await open(t, { query: "", wait: false, viewport });
    await page.addInitScript(() => {
      window.shifted = 0;
      const add = (list) => list.getEntries().forEach((entry) => (window.shifted += entry.value));
      new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
    });
    await page.goto(`${url}?lang=en`);
    await ready(page);
    await page.waitForTimeout(300);
    const shifted = await page.evaluate(() => window.shifted);
    assert.ok(shifted < 0.01, `a layout shift of ${shifted}`);
  });
}
