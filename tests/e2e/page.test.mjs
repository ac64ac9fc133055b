// The page around the samples: languages, colours, what it keeps, examples, small screens, frames.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";

import { box, counts, eventually, exchange, open, option, paste, picker, ready, sample, samples, state, summary, url, useBuiltIn } from "./page.mjs";

const root = (page, name) => page.evaluate((name) => document.documentElement.getAttribute(name), name);
const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
/** How light a colour is, from 0 to 255. */
const lightness = (color) => {
  const [red, green, blue] = color.match(/[\d.]+/g).map(Number);
  return (red + green + blue) / 3;
};

test("the page speaks Chinese and English, and keeps what was chosen", async (t) => {
  const { page } = await open(t, { query: "" });
  assert.equal(await root(page, "lang"), "en");
  await page.getByRole("button", { name: "中文", exact: true }).click();
  await sample(page, 1, "样本").waitFor();
  assert.equal(await root(page, "lang"), "zh-Hans");
  for (const name of ["聊天模板", "分词器", "掩码规则"]) assert.equal(await picker(page, name).count(), 1, name);
  assert.equal(await page.getByRole("textbox", { name: "对话", exact: true }).count(), 1);
  assert.equal(await page.getByRole("region", { name: "诊断", exact: true }).count(), 1);
  assert.deepEqual(await summary(page, "汇总"), [2, 177, 61, 116]);
  assert.match(await page.title(), /微调/);
  await page.reload();
  await ready(page);
  assert.equal(await root(page, "lang"), "zh-Hans");
  await page.getByRole("button", { name: "EN", exact: true }).click();
  await sample(page, 1).waitFor();
});

test("the address, and else the browser, says which language", async (t) => {
  const { page } = await open(t, { query: "lang=zh" });
  assert.equal(await root(page, "lang"), "zh-Hans");
  await sample(page, 2, "样本").waitFor();
  const { page: other } = await open(t, { query: "", locale: "zh-CN" });
  assert.equal(await root(other, "lang"), "zh-Hans");
});

test("the contract's names are there", async (t) => {
  const { page } = await open(t);
  for (const name of ["Template", "Tokenizer", "Recipe"]) assert.equal(await picker(page, name).count(), 1, name);
  for (const name of ["Sample 1", "Sample 2", "Inspector", "Diagnostics"]) {
    assert.equal(await page.getByRole("region", { name, exact: true }).count(), 1, name);
  }
  assert.equal(await page.getByRole("tablist").getByRole("tab", { name: "Samples", exact: true }).count(), 1);
  assert.equal(await page.getByRole("button", { name: "Examples", exact: true }).count(), 1);
  assert.equal(await page.getByRole("status", { name: "Summary", exact: true }).count(), 1);
});

test("light and dark follow the system, the address and the button", async (t) => {
  const { page } = await open(t, { wait: false, colorScheme: "dark" });
  await useBuiltIn(page);
  assert.ok(lightness(await background(page)) < 80, "dark as the system");
  await page.getByRole("button", { name: "Light or dark" }).click();
  await eventually(() => background(page), (color) => lightness(color) > 200, "a light page");
  await page.reload();
  await ready(page);
  assert.ok(lightness(await background(page)) > 200, "what was chosen is kept");
  const { page: asked } = await open(t, { wait: false, query: "lang=en&theme=dark", colorScheme: "light" });
  await eventually(() => background(asked), (color) => lightness(color) < 80, "dark as the address says");
  assert.equal(await root(asked, "data-theme"), "dark");
});

test("a reload keeps the text and the choices", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  await picker(page, "Template").selectOption("chatml");
  await option(page, "end").selectOption("all");
  await option(page, "ignore_index").fill("-1");
  await option(page, "ignore_index").press("Enter");
  const typed = exchange("kept?", "kept.");
  await paste(page, typed);
  // At once: what was typed last is kept when the page is left.
  await page.reload();
  await ready(page);
  assert.equal(await box(page).inputValue(), typed);
  assert.equal(await picker(page, "Template").inputValue(), "chatml");
  assert.equal(await picker(page, "Tokenizer").inputValue(), "lossmask");
  assert.equal(await option(page, "end").inputValue(), "all");
  assert.equal(await option(page, "ignore_index").inputValue(), "-1");
  assert.equal(await samples(page).count(), 1);
});

test("every example opens, and none breaks the page", async (t) => {
  const { page } = await open(t);
  const examples = page.getByRole("button", { name: "Examples", exact: true });
  const gallery = page.getByRole("dialog", { name: "Examples" });
  await examples.click();
  // The listing opens a dialog of its own.
  const entries = gallery.locator('[data-example]:not([data-example="listing"])');
  const ids = await entries.evaluateAll((all) => all.map((one) => one.dataset.example));
  assert.ok(ids.length >= 16, `${ids.length} examples`);
  await page.keyboard.press("Escape");
  await gallery.waitFor({ state: "detached" });
  for (const id of ids) {
    const before = await box(page).inputValue();
    await examples.click();
    await gallery.locator(`[data-example="${id}"]`).click();
    await gallery.waitFor({ state: "detached" });
    if (id !== ids[0]) await eventually(() => box(page).inputValue(), (text) => text !== before, `the text of ${id}`);
    await page.waitForTimeout(50);
    await ready(page);
    assert.ok((await samples(page).count()) > 0, `${id} shows samples, or why there are none`);
    assert.deepEqual(await page.locator(".top-error").allInnerTexts(), [], `${id} can be read and rendered`);
  }
});

test("an example brings the choices that make its point", async (t) => {
  const { page } = await open(t);
  await page.getByRole("button", { name: "Examples", exact: true }).click();
  await page.locator('[data-example="moved-boundary"]').click();
  await eventually(() => option(page, "boundary").inputValue(), (value) => value === "separate", "its boundary");
  assert.equal(await picker(page, "Template").inputValue(), "chatml");
  await eventually(() => page.locator("[data-odd]").count(), (count) => count > 0, "what it is there to show");
  await page.getByRole("button", { name: "Examples", exact: true }).click();
  await page.locator('[data-example="two-poems"]').click();
  await counts(page, [2, 177, 61, 116]);
});

test("in a frame only the samples are shown", async (t) => {
  const { page } = await open(t, { query: "lang=en&embed=1" });
  assert.ok(await sample(page, 1).isVisible());
  assert.ok(await sample(page, 2).isVisible());
  assert.equal(await page.locator("header.bar .acts").isVisible(), false);
  const bar = await page.locator("header.bar").boundingBox();
  assert.ok(bar.width <= 1 && bar.height <= 1, "the heading is there only for those who listen");
  assert.equal(await box(page).isVisible(), false);
});

for (const [lang, word] of [["en", "Sample"], ["zh", "样本"]]) {
  test(`a phone shows the page without sideways scrolling (${lang})`, async (t) => {
    const { page } = await open(t, { query: `lang=${lang}`, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    const widths = () => page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    const [content, screen] = await widths();
    assert.ok(content <= 390 && screen === 390, `${content} px wide on a screen of ${screen}`);
    const small = await page.locator("button, select, [role=tab]").evaluateAll((all) =>
      all
        .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest("p, dd"))
        .map((element) => [element, element.getBoundingClientRect()])
        .filter(([, place]) => place.width > 1 && (place.height < 44 || place.width < 24))
        .map(([element, place]) => `${element.outerHTML.slice(0, 90)}: ${Math.round(place.width)} × ${Math.round(place.height)}`),
    );
    assert.deepEqual(small, [], "what is pressed with a finger is large enough");
    const token = sample(page, 1, word).locator("[data-token][data-trained]").first();
    await token.scrollIntoViewIfNeeded();
    await token.tap();
    await page.locator("[data-token][aria-current=true]").waitFor();
    const [after] = await widths();
    assert.ok(after <= 390);
  });
}

test("the policy of the page refuses any other origin", async (t) => {
  const { page } = await open(t, { wait: false, allow: [/^asked http:\/\/127\.0\.0\.1:1\//, /Content Security Policy/] });
  await useBuiltIn(page);
  const refused = await page.evaluate(
    () =>
      new Promise((resolve) => {
        document.addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
        fetch("http://127.0.0.1:1/").then(() => resolve("nothing"), () => setTimeout(() => resolve("nothing"), 1000));
      }),
  );
  assert.equal(refused, "connect-src");
});

test("the workers refuse any other origin too, whatever they try", async (t) => {
  const heard = [];
  const other = createServer((request, response) => {
    heard.push(request.url);
    response.writeHead(200, { "Access-Control-Allow-Origin": "*", "Content-Type": "text/javascript" }).end("");
  });
  await new Promise((resolve) => other.listen(0, "127.0.0.1", resolve));
  t.after(() => other.close());
  const address = `http://127.0.0.1:${other.address().port}/`;
  const { page } = await open(t, { wait: false, allow: [/^asked http:\/\/127\.0\.0\.1/, /Content Security Policy/] });
  await useBuiltIn(page);
  await page.locator("#tab-lab").click();
  await eventually(() => page.workers().length, (count) => count === 2, "the lab's worker");
  await eventually(() => page.locator("#lab-go").isEnabled(), Boolean, "the lab to be ready");
  for (const worker of page.workers()) {
    const refused = await worker.evaluate(async (address) => {
      const tries = [
        () => fetch(address),
        () => WorkerGlobalScope.prototype.fetch.call(self, address),
        () => importScripts(`${address}a.js`),
        () => import(`${address}b.js`),
        async () => (await caches.open("x")).add(address),
        () => new FontFace("x", `url(${address}c.woff)`).load(),
        () => new Promise((resolve, reject) => {
          const request = new XMLHttpRequest();
          request.open("GET", address);
          [request.onload, request.onerror] = [resolve, reject];
          request.send();
        }),
        () => new Promise((resolve, reject) => {
          const socket = new WebSocket(address.replace("http", "ws"));
          [socket.onopen, socket.onerror] = [resolve, reject];
        }),
      ];
      const outcomes = await Promise.allSettled(tries.map(async (attempt) => void (await attempt())));
      await caches.delete("x");
      return outcomes.map(({ status }) => status);
    }, address);
    assert.deepEqual(new Set(refused), new Set(["rejected"]));
  }
  assert.deepEqual(heard, []);
});

test("nothing of the dialogue is in the address or in a request", async (t) => {
  const { page, requests } = await open(t, { wait: false });
  await useBuiltIn(page);
  await paste(page, exchange("the secret word is xylophone", "ok"));
  await eventually(() => samples(page).count(), (count) => count === 1, "its sample");
  await ready(page);
  for (const address of [page.url(), ...requests]) assert.ok(!address.includes("xylophone"), address);
  assert.ok(page.url().startsWith(url));
});

test("a tokenizer that can't be loaded leaves the page at work with the built-in one", async (t) => {
  const { page } = await open(t, { wait: false, allow: [/Failed to load resource/, /ERR_FAILED/], query: "lang=en", block: "**/tokenizers/**" });
  await ready(page);
  assert.equal(await picker(page, "Tokenizer").inputValue(), "lossmask");
  assert.match(await page.locator(".notice").innerText(), /built-in tokenizer/);
  assert.equal(await samples(page).count(), 2);
});

test("while a tokenizer is on its way, the built-in one can be chosen and answers at once", async (t) => {
  const { page } = await open(t, { wait: false, hold: "**/tokenizers/**" });
  await page.getByText("Loading tokenizer").waitFor();
  await useBuiltIn(page);
  await sample(page, 1).waitFor();
  await page.waitForTimeout(500);
  assert.equal(await state(page), "ready");
});

test("a worker that stops is started again, and nothing typed is lost", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  const [worker] = page.workers();
  await worker.evaluate(() => self.close());
  const typed = exchange("still", "here");
  await paste(page, typed);
  await eventually(() => samples(page).count(), (count) => count === 1, "the sample, from a new worker");
  await ready(page);
  assert.equal(await box(page).inputValue(), typed);
  assert.match(await page.locator(".notice").innerText(), /started again/);
  await page.locator(".notice").getByRole("button").click();
  await eventually(() => page.locator(".notice").count(), (count) => count === 0, "the notice gone");
});

test("the language that was chosen on the page is there after a reload, whatever the link said", async (t) => {
  const { page } = await open(t, { query: "lang=zh&theme=dark" });
  await page.getByRole("button", { name: "EN", exact: true }).click();
  await ready(page);
  assert.equal(new URL(page.url()).search, "?theme=dark");
  await page.reload();
  await ready(page);
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
});
