// The view Compare: every trainer's own mask of one conversation, side by side.

import assert from "node:assert/strict";
import { test } from "node:test";

import { eventually, exchange, open, paste, picker, ready, samples, until, useBuiltIn } from "./page.mjs";

const tab = (page, name) => page.getByRole("tab", { name, exact: true });
const grid = (page) => page.getByRole("grid", { name: "Trainers by tokens" });
const row = (page, recipe) => page.locator(`.cmp-r[data-recipe="${recipe}"]`);
const inspector = (page) => page.getByRole("region", { name: "Inspector", exact: true });

/** Opens the view and waits until the rows are there. */
async function compare(page) {
  await tab(page, "Compare").click();
  await row(page, "axolotl").waitFor();
  await ready(page);
}

/** How many tokens each trainer trains. */
const trained = (page) =>
  page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll(".cmp-r[data-recipe]")].map((row) => [row.dataset.recipe, Number(row.dataset.trained)]),
    ),
  );

/** How many columns are shown. */
const columns = async (page) => Number(await grid(page).getAttribute("aria-colcount")) - 2;

test("every trainer trains its own number of tokens of the first example", async (t) => {
  const { page } = await open(t);
  await compare(page);
  const found = await trained(page);
  assert.ok(Object.keys(found).length >= 12, `rows: ${Object.keys(found)}`);
  // Two replies of 29 and 30 tokens: axolotl trains each with its stop token, LLaMA-Factory also the newline behind it,
  // TRL, given the last reply as the completion, that one alone with both.
  assert.equal(found.axolotl, 61);
  assert.equal(found["llama-factory"], 63);
  assert.equal(found["trl-completion-only"], 32);
  assert.equal(found["per-turn"], 31, "of the last sample");
  assert.match(await row(page, "per-turn").innerText(), /sample 2 of 2/);
  const table = page.getByRole("region", { name: "Counts" }).getByRole("table");
  const all = await table.getByRole("row").nth(1).getByRole("cell").allInnerTexts();
  assert.ok(all.includes("112/112"), "all tokens are trained by the rule that masks nothing");
});

test("going back to the samples finds them as they were, and the open tab survives a reload", async (t) => {
  const { page } = await open(t);
  await tab(page, "Samples").focus();
  await page.keyboard.press("ArrowRight");
  assert.equal(await tab(page, "Compare").getAttribute("aria-selected"), "true");
  await row(page, "axolotl").waitFor();
  await page.reload();
  await ready(page);
  await row(page, "axolotl").waitFor();
  await page.keyboard.press("Escape");
  await tab(page, "Samples").click();
  assert.equal(await samples(page).count(), 2);
});

test("only the positions over which the chosen trainers differ are left when asked for", async (t) => {
  const { page } = await open(t);
  await compare(page);
  const whole = await columns(page);
  await page.locator(".cmp-choose > summary").click();
  const choose = page.getByRole("group", { name: "Trainers that are compared" });
  for (const box of await choose.getByRole("checkbox").all()) {
    const name = await box.evaluate((element) => element.parentElement.innerText.trim());
    if (!/axolotl|LLaMA-Factory/i.test(name)) await box.uncheck();
  }
  await eventually(() => trained(page), (found) => Object.keys(found).join() === "axolotl,llama-factory", "two rows");
  await ready(page);
  await page.getByLabel("Only differing positions").check();
  await eventually(() => columns(page), (count) => count > 0 && count <= 12, "the few columns that differ");
  assert.ok((await columns(page)) < whole);
  await page.getByLabel("Only differing positions").uncheck();
  await eventually(() => columns(page), (count) => count >= 112, "all columns");
});

test("two trainers are set beside each other, run by run, with both reasons", async (t) => {
  const { page } = await open(t);
  await compare(page);
  await picker(page, "Reference").selectOption("axolotl");
  await picker(page, "Set beside").selectOption("all-tokens");
  const pair = page.getByRole("region", { name: "Two trainers" });
  const runs = pair.getByRole("listitem");
  await eventually(() => runs.count(), (count) => count >= 3, "the runs that differ");
  const first = await runs.first().innerText();
  assert.match(first, /masked/);
  assert.match(first, /trained/);
  assert.match(await pair.getByRole("status").innerText(), /differ in \d+ runs over 51 tokens/);
  // Another trainer takes the reference's place by a click on its name.
  await row(page, "all-tokens").locator(".c0").click();
  await eventually(() => pair.innerText(), (words) => words.includes("Reference: All tokens"), "another reference");
  await eventually(() => row(page, "all-tokens").innerText(), (words) => words.includes("reference"), "the mark of the reference");
  assert.equal(await row(page, "axolotl").innerText().then((words) => words.includes("reference")), false);
});

test("the keyboard walks through the cells with one stop, and the inspector says why", async (t) => {
  const { page } = await open(t);
  await compare(page);
  await picker(page, "Sort by").selectOption("name");
  await picker(page, "Reference").selectOption("all-tokens");
  await grid(page).focus();
  await page.keyboard.press("Home");
  const cell = page.locator("#cmp-cell");
  assert.equal(await cell.getAttribute("data-column"), "0");
  assert.equal(await grid(page).getAttribute("aria-activedescendant"), "cmp-cell");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  await eventually(() => cell.getAttribute("data-column"), (column) => column === "1", "the second column");
  assert.equal(
    await cell.evaluate((element) => element.closest("[data-recipe]").dataset.recipe),
    (await page.locator(".cmp-r[data-recipe]").nth(1).getAttribute("data-recipe")),
  );
  await page.keyboard.press("n");
  await page.keyboard.press("Enter");
  const words = await inspector(page).innerText();
  assert.match(words, /trained|masked|no token here/);
  assert.match(words, /Reference /);
  await page.keyboard.press("End");
  await eventually(
    () => cell.evaluate((element) => Math.round(element.getBoundingClientRect().right) <= innerWidth),
    Boolean,
    "the last cell in sight",
  );
  await page.keyboard.press("Tab");
  assert.notEqual(await page.evaluate(() => document.activeElement.getAttribute("role")), "gridcell");
});

test("a click on a cell shows the trainer's reason and its configuration", async (t) => {
  const { page } = await open(t);
  await compare(page);
  await row(page, "axolotl").locator(".cmp-strip").click({ position: { x: 5, y: 12 } });
  await eventually(() => inspector(page).innerText(), (words) => /axolotl: chat_template: masked/i.test(words), "the reason");
  assert.match(await inspector(page).locator("pre").innerText(), /train_on_eos/);
  assert.ok(await inspector(page).getByRole("button", { name: "Copy" }).isVisible());
});

test("a conversation of two thousand tokens takes few elements and scrolls to its end", async (t) => {
  const { page } = await open(t);
  const talk = Array.from({ length: 60 }, (_, turn) => ({
    role: turn % 2 ? "assistant" : "user",
    content: `Turn ${turn}: ${"the quick brown fox jumps over the lazy dog and ".repeat(3)}`,
  }));
  await paste(page, JSON.stringify(talk));
  await eventually(() => samples(page).count(), (count) => count === 30, "thirty samples");
  await compare(page);
  assert.ok((await columns(page)) > 2000, `${await columns(page)} columns`);
  const nodes = await page.evaluate(() => document.querySelectorAll("*").length);
  assert.ok(nodes < 5000, `${nodes} elements`);
  const last = () =>
    page.evaluate(() => {
      const box = document.querySelector(".cmp");
      box.scrollLeft = box.scrollWidth;
      return document.querySelectorAll(".cmp-axis .token").length;
    });
  await last();
  const right = () => page.evaluate(() => Math.max(...[...document.querySelectorAll(".cmp-axis .token")].map((text) => Number(text.getAttribute("x")))));
  const width = Number(await page.locator(".cmp-strip").first().getAttribute("width"));
  await eventually(right, (x) => x > width - 20, "the last token drawn");
});

test("on a phone every row has its strip and its count, and the page is no wider than the screen", async (t) => {
  const { page } = await open(t, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await compare(page);
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390);
  const found = await row(page, "axolotl").evaluate((element) => {
    const [name, strip, total] = [".c0", ".cmp-strip", ".tot b"].map((part) => element.querySelector(part).getBoundingClientRect());
    return { below: strip.top >= name.bottom - 2, total: total.right <= 390 && total.left > 195 };
  });
  assert.deepEqual(found, { below: true, total: true });
  await row(page, "axolotl").locator(".cmp-strip").tap({ position: { x: 4, y: 10 } });
  await eventually(() => inspector(page).innerText(), (words) => words.includes("masked"), "the reason");
});

test("a broken text and another one are compared as soon as they are typed", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  await paste(page, "[{");
  await tab(page, "Compare").click();
  await page.locator(".compare .top-error[role=alert]").first().waitFor();
  await tab(page, "Samples").click();
  await paste(page, exchange("a", "b"));
  await compare(page);
  assert.equal(await page.locator(".compare .top-error[role=alert]").count(), 0);
  await until(page, () => document.querySelectorAll(".cmp-r[data-recipe]").length, (count) => count > 8, "the rows");
});

test("a setting that is changed while comparing is answered at once, by the worker that is there", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  await compare(page);
  // Each of them asks for a report and a comparison in one go.
  for (const template of ["llama-3", "zephyr", "chatml"]) {
    await picker(page, "Template").selectOption(template);
    await ready(page);
  }
  // A lost answer is noticed after a while, by starting the worker again, and the page says so.
  assert.equal(await page.locator(".notice").count(), 0, "nothing had to be started again");
});
