// The way back: undo and redo, the dialogues of before, and forgetting all of it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { box, eventually, exchange, open, option, paste, picker, ready, useBuiltIn } from "./page.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const history = (page) => page.getByRole("dialog", { name: "History", exact: true });
const past = (page) => history(page).locator(".past .open");

/** Waits until a list or a box has this value. */
async function has(field, value) {
  await eventually(() => field.inputValue(), (found) => found === value, value);
  await ready(field.page());
}

/** Whatever this site has in the browser. */
const stored = (page) =>
  page.evaluate(async () => ({
    local: Object.keys(localStorage),
    databases: (await indexedDB.databases()).map(({ name }) => name),
    caches: await caches.keys(),
  }));

test("changes are undone and done again, by buttons and by keys", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  await picker(page, "Recipe").selectOption("axolotl");
  await ready(page);
  await option(page, "train_on_eos").selectOption("last");
  await ready(page);
  await button(page, "Undo").click();
  await has(option(page, "train_on_eos"), "turn");
  await page.keyboard.press("Control+z");
  await has(picker(page, "Recipe"), "per-turn");
  await page.keyboard.press("Control+Shift+z");
  await has(picker(page, "Recipe"), "axolotl");
  await button(page, "Redo").click();
  await has(option(page, "train_on_eos"), "last");
  assert.equal(await button(page, "Redo").getAttribute("aria-disabled"), "true");
  await button(page, "History").click();
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Escape");
  await page.waitForTimeout(200);
  await has(option(page, "train_on_eos"), "last");
});

test("an example that replaced a text is undone, and the keys in the box are the box's own", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  await paste(page, exchange("mine", "typed"));
  await ready(page);
  await button(page, "Examples").click();
  await page.locator("[data-example=single-turn]").click();
  await ready(page);
  await button(page, "Undo").click();
  await has(box(page), exchange("mine", "typed"));
  await picker(page, "Recipe").selectOption("axolotl");
  await box(page).focus();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("  ");
  await page.keyboard.press("Control+z");
  await ready(page);
  assert.equal(await picker(page, "Recipe").inputValue(), "axolotl", "the page's own undo was not meant");
});

test("a dialogue that was worked on is listed, opened again with its settings, and deleted", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  await picker(page, "Recipe").selectOption("all-tokens");
  await paste(page, exchange("写一首诗", "春风"));
  await ready(page);
  await button(page, "Examples").click();
  await page.locator("[data-example=single-turn]").click();
  await ready(page);
  await button(page, "History").click();
  await past(page).filter({ hasText: "写一首诗" }).waitFor();
  assert.equal(await past(page).count(), 1, "an example is nobody's work");
  await past(page).first().press("Enter");
  await history(page).waitFor({ state: "detached" });
  await has(box(page), exchange("写一首诗", "春风"));
  await has(picker(page, "Recipe"), "all-tokens");
  await button(page, "History").click();
  await button(page, "Delete: 写一首诗").click();
  await history(page).getByText("Nothing is kept yet.").waitFor();
});

test("a dialogue is listed once it has rested, and over a reload, but not at each key", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  await paste(page, exchange("resting", "a while"));
  await ready(page);
  await button(page, "History").click();
  await history(page).getByText("Nothing is kept yet.").waitFor();
  await page.keyboard.press("Escape");
  await box(page).press("Control+End");
  await page.keyboard.type("   ");
  await page.waitForTimeout(5000);
  await page.reload();
  await ready(page);
  await page.waitForTimeout(5000);
  await button(page, "History").click();
  await past(page).first().waitFor();
  assert.equal(await past(page).count(), 1);
});

test("everything that is kept can be forgotten, and the page says what is gone", async (t) => {
  const { page } = await open(t, { query: "lang=en&theme=dark", wait: false });
  await useBuiltIn(page);
  await paste(page, exchange("secret", "words"));
  await ready(page);
  await button(page, "Examples").click();
  await page.locator("[data-example=single-turn]").click();
  await ready(page);
  await page.waitForTimeout(600);
  const before = await stored(page);
  assert.ok(before.local.length > 0 && before.databases.includes("lossmask"), JSON.stringify(before));
  await button(page, "History").click();
  await past(page).first().waitFor();
  await history(page).getByText("Forget everything…").click();
  await button(page, "Forget everything now").click();
  await page.getByRole("status").filter({ hasText: "is gone" }).filter({ hasText: "1 dialogue of the history" }).waitFor();
  await ready(page);
  await page.waitForTimeout(1000);
  const none = { local: [], databases: [], caches: [] };
  await eventually(() => stored(page), (found) => JSON.stringify(found) === JSON.stringify(none), "nothing stored");
  await page.goto("about:blank");
  await page.goBack();
  await ready(page);
  assert.ok(!(await box(page).inputValue()).includes("secret"));
  await button(page, "History").click();
  await history(page).getByText("Nothing is kept yet.").waitFor();
});
