// The page in a browser of its own: opens it as a user would, and notes whatever must never happen.
//
// A test gets a fresh context (nothing stored, nothing cached) and fails when the page wrote an error to the console,
// threw one, or asked another origin for anything, in the page or in its worker. What the browser does for itself in
// the background is not seen here, and can't fail a test.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before } from "node:test";

/** The address of the page, with a slash at the end. */
export const url = wanted("LOSSMASK_URL");

/** How long anything may take; a busy machine is slow, and a test that fails is told sooner by what it asserts. */
export const PATIENCE = 60_000;

const { chromium } = createRequire(`${wanted("LOSSMASK_NODE_MODULES")}/`)("playwright-core");
const { args } = JSON.parse(readFileSync(new URL("../../webdriver.json", import.meta.url)))["goog:chromeOptions"];

let browser;
before(async () => {
  browser = await chromium.launch({ executablePath: wanted("LOSSMASK_CHROMIUM"), args });
});
after(() => browser?.close());

function wanted(name) {
  const value = process.env[name];
  assert.ok(value, `${name} is not set; \`cargo xtask test\` sets it`);
  return value;
}

/**
 * Opens the page, in English where the query does not say otherwise, and waits until it can be used. Other origins may be
 * asked only where `origins` has a pattern that names them.
 */
export async function open(t, { query = "lang=en", wait = true, allow = [], origins = [], block = null, hold = null, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-US", serviceWorkers: "block", ...options });
  context.setDefaultTimeout(PATIENCE);
  const requests = [];
  const faults = [];
  context.on("request", (request) => {
    requests.push(request.url());
    const { protocol, origin } = new URL(request.url());
    const known = origin === new URL(url).origin || origins.some((pattern) => pattern.test(origin));
    if (protocol.startsWith("http") && !known) faults.push(`asked ${request.url()}`);
  });
  context.on("console", (message) => {
    if (message.type() === "error") faults.push(`console: ${message.text()}`);
  });
  context.on("weberror", (error) => faults.push(`thrown: ${error.error().stack}`));
  // A request that is held is never answered, as on a network that hangs.
  if (hold) await context.route(hold, () => {});
  if (block) await context.route(block, (route) => route.abort());
  const page = await context.newPage();
  page.on("crash", () => faults.push("the page crashed"));
  t.after(async () => {
    await context.close();
    const told = faults.filter((fault) => !allow.some((pattern) => pattern.test(fault)));
    assert.deepEqual(told, [], "the page must open nothing foreign and report no error");
  });
  const opened = { page, requests, faults };
  await page.goto(query ? `${url}?${query}` : url);
  if (wait) await ready(page);
  return opened;
}

/** Waits until the page says that it is ready. */
export async function ready(page) {
  // What was seen is what counts: a moment later the page may be busy again.
  const seen = await page.waitForFunction(
    () => ["ready", "failed"].find((state) => state === document.documentElement.dataset.state),
    null,
    { timeout: PATIENCE },
  );
  assert.equal(await seen.jsonValue(), "ready");
}

/** What the page says about itself. */
export const state = (page) => page.evaluate(() => document.documentElement.dataset.state);

/** The box that the dialogue is pasted into. */
export const box = (page) => page.getByRole("textbox", { name: "Dialogue", exact: true });

/** One of the pickers. */
export const picker = (page, name) => page.getByRole("combobox", { name, exact: true });

/** An option of the recipe, by its name: a list or a field beside the recipe. */
export const option = (page, name) =>
  page.getByRole("region", { name: "Setup" }).getByLabel(`${name}=`).first();

/** The region of a sample, counted from 1. */
export const sample = (page, number, word = "Sample") =>
  page.getByRole("region", { name: `${word} ${number}`, exact: true });

/** The samples on the page. */
export const samples = (page) => page.locator("section.sample");

/** Everything that the tokens of a sample say of themselves. */
export const tokens = (page, number, word) =>
  sample(page, number, word)
    .locator("[data-token]")
    .evaluateAll((all) =>
      all.map((token) => ({
        index: Number(token.dataset.token),
        id: Number(token.dataset.id),
        label: Number(token.dataset.label),
        trained: token.dataset.trained !== undefined,
      })),
    );

/** Waits until the samples have as many tokens as this, one number a sample. */
export async function sampleSizes(page, sizes) {
  await until(
    page,
    () =>
      [...document.querySelectorAll("section.sample")].map(
        (sample) => sample.querySelectorAll("[data-token]").length,
      ),
    (found) => JSON.stringify(found) === JSON.stringify(sizes),
    `samples of ${sizes.join(" and ")} tokens`,
  );
  await ready(page);
}

/** The counts of the summary: samples, tokens, trained, masked. */
export async function summary(page, name = "Summary") {
  const words = await page.getByRole("status", { name, exact: true }).innerText();
  return words.replaceAll(",", "").match(/\d+/g).map(Number);
}

/** Waits until the summary's counts are as they should be. */
export async function counts(page, expected) {
  await eventually(() => summary(page), (found) => String(found) === String(expected), `counts of ${expected}`);
  await ready(page);
}

/** Waits until what `look` finds on the page is as it should be. */
export const until = (page, look, is, what) => eventually(() => page.evaluate(look), is, what);

/** Waits until what `look` finds is as it should be; what it found last is told otherwise. */
export async function eventually(look, is, what) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const found = await look();
    if (is(found)) return found;
    if (Date.now() > end) assert.fail(`waited for ${what}; the page has ${JSON.stringify(found)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The built-in tokenizer, which a test can use without loading another one first. */
export async function useBuiltIn(page) {
  await picker(page, "Tokenizer").selectOption("lossmask");
  await ready(page);
}

/** Opens what is folded in a sample, so that all its tokens are there. */
export async function unfold(page, number, word) {
  const folds = sample(page, number, word).locator("button.fold");
  while ((await folds.count()) > 0) await folds.first().click();
}

/** Writes a dialogue in place of the one in the box. */
export const paste = (page, text) => box(page).fill(text);

/** A dialogue of one exchange. */
export const exchange = (user, assistant) =>
  JSON.stringify([
    { role: "user", content: user },
    { role: "assistant", content: assistant },
  ]);
