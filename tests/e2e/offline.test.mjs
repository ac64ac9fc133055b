// The page without a network, and the page that has a newer build.

import assert from "node:assert/strict";
import { test } from "node:test";

import { box, exchange, open, paste, ready, samples, url } from "./page.mjs";

/** Opens the page and waits until all that it needs without a network is kept. */
async function installed(t, options = {}) {
  const opened = await open(t, { serviceWorkers: "allow", ...options });
  await opened.page.evaluate(async () => {
    const { active, installing, waiting } = await navigator.serviceWorker.ready;
    return Boolean(active ?? installing ?? waiting);
  });
  return opened;
}

test("with the network off the page opens, and a dialogue is masked with the tokenizer that was used before", async (t) => {
  const { page } = await installed(t);
  // The first visit fetched the tokenizer before the page was kept; the second one keeps that too.
  await page.reload();
  await ready(page);
  await page.context().setOffline(true);
  await page.reload();
  await ready(page);
  await paste(page, exchange("Is anybody there?", "I am, without a network."));
  await ready(page);
  assert.equal(await samples(page).count(), 1);
  assert.match(await samples(page).first().innerText(), /network/);
});

test("a page that is not installed keeps nothing of other pages of the host, and answers only for its own folder", async (t) => {
  const { page } = await installed(t);
  const scope = await page.evaluate(async () => (await navigator.serviceWorker.ready).scope);
  assert.equal(scope, url);
  const names = await page.evaluate(() => caches.keys());
  assert.equal(names.length, 1);
  assert.match(names[0], /^lossmask http\S+ [0-9a-f]+$/);
  assert.ok(names[0].includes(` ${scope} `), "another folder's copy has another name");
});

test("a newer build is offered, and opened when the user asks for it, with what was typed", async (t) => {
  const { page } = await installed(t);
  await page.reload();
  await ready(page);
  await paste(page, exchange("Which build is this?", "The old one."));
  await ready(page);
  await page.waitForTimeout(600);
  // A copy of the page in another folder of the same host keeps its own.
  const other = new URL("../another-folder/", url).href;
  await page.evaluate(async (other) => void (await caches.open(`lossmask ${other} 1`)), other);
  // Another script for the same folder is what a browser takes for a newer build.
  await page.evaluate(async () => void (await navigator.serviceWorker.register(new URL("sw.js?newer", document.baseURI))));
  const offer = page.getByRole("button", { name: "Open it" });
  await offer.waitFor();
  await Promise.all([page.waitForEvent("load"), offer.click()]);
  await ready(page);
  assert.match(await box(page).inputValue(), /The old one/);
  const names = await page.evaluate(() => caches.keys());
  assert.equal(names.length, 2);
  assert.ok(names.includes(`lossmask ${other} 1`));
});

test("with the network off, what was read of the manual is there, and the page under its other name", async (t) => {
  const { page } = await installed(t);
  await page.reload();
  await ready(page);
  const manual = await page.context().newPage();
  await manual.goto(`${url}docs/diagnostics/no-reply.html`);
  await manual.locator("h1").waitFor();
  await page.context().setOffline(true);
  await manual.reload();
  assert.match(await manual.locator("h1").innerText(), /no-reply/);
  const family = () => manual.locator("body").evaluate((body) => getComputedStyle(body).fontFamily);
  assert.notEqual(await family(), "", "with its style");
  await manual.goto(`${url}embed.html`);
  assert.ok(await manual.locator("iframe").count());
  await page.goto(`${url}index.html`);
  await ready(page);
});

test("the manifest names icons that are there, and the page has what an installed one needs", async (t) => {
  const { page } = await open(t);
  const manifest = await page.evaluate(async () => {
    const address = document.querySelector("link[rel=manifest]").href;
    const manifest = await (await fetch(address)).json();
    const icons = manifest.icons.map(async ({ src, type }) => {
      const response = await fetch(new URL(src, address));
      return response.ok && response.headers.get("content-type") === type;
    });
    return { ...manifest, icons: await Promise.all(icons) };
  });
  assert.deepEqual(manifest.icons, [true, true, true]);
  assert.equal(manifest.display, "standalone");
});
