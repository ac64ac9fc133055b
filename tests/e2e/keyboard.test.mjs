// The page without a pointer.

import assert from "node:assert/strict";
import { test } from "node:test";

import { box, eventually, open, ready, sample, useBuiltIn } from "./page.mjs";

/** The token that has the keyboard: its sample and its index. */
const focused = (page) =>
  page.evaluate(() => {
    const { dataset } = document.activeElement;
    if (dataset.token === undefined) return null;
    return `${document.activeElement.closest("section.sample").getAttribute("aria-label")}: ${dataset.token}`;
  });

const onto = (page, place) => eventually(() => focused(page), (found) => found === place, `the keyboard on ${place}`);

/** Presses Tab until the keyboard is on a token. */
async function tabToTokens(page) {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press("Tab");
    if (await focused(page)) return;
  }
  assert.fail("Tab did not reach a token");
}

test("Tab reaches the samples where the trained words begin, one stop a sample", async (t) => {
  const { page } = await open(t);
  await tabToTokens(page);
  await onto(page, "Sample 1: 34");
  await tabToTokens(page);
  await onto(page, "Sample 2: 80");
  await page.keyboard.press("Shift+Tab");
  for (let presses = 0; presses < 5 && !(await focused(page)); presses += 1) await page.keyboard.press("Shift+Tab");
  await onto(page, "Sample 1: 34");
});

test("arrows, Home, End, n and p walk through the tokens", async (t) => {
  const { page } = await open(t);
  await tabToTokens(page);
  for (const [key, place] of [
    ["ArrowRight", 35],
    ["ArrowRight", 36],
    ["ArrowLeft", 35],
    ["Home", 0],
    ["ArrowLeft", 0],
    ["n", 34],
    ["n", 34],
    ["End", 64],
    ["ArrowRight", 64],
    ["p", 34],
  ]) {
    await page.keyboard.press(key);
    await onto(page, `Sample 1: ${place}`);
  }
});

test("keys reach the tokens of a folded turn", async (t) => {
  const { page } = await open(t);
  assert.ok((await sample(page, 2).locator("button.fold").count()) > 0, "the second sample starts with a fold");
  await tabToTokens(page);
  await tabToTokens(page);
  await page.keyboard.press("Home");
  await onto(page, "Sample 2: 0");
});

test("the inspector follows the keyboard; Enter pins a token and Escape releases it", async (t) => {
  const { page } = await open(t);
  const inspector = page.getByRole("region", { name: "Inspector", exact: true });
  const id = () => inspector.locator('dt:text-is("id") + dd').innerText();
  await tabToTokens(page);
  await eventually(id, (found) => found === "110067", "the first trained token's facts");
  await page.keyboard.press("Enter");
  await inspector.getByRole("button", { name: "pinned" }).waitFor();
  const pinned = page.locator("[data-token][aria-current=true]");
  assert.equal(await pinned.getAttribute("data-token"), "34");
  await page.keyboard.press("ArrowRight");
  await onto(page, "Sample 1: 35");
  assert.equal(await id(), "110067", "a pin stays while the keyboard moves on");
  await page.keyboard.press("Escape");
  await eventually(() => pinned.count(), (count) => count === 0, "no pinned token");
  await eventually(id, (found) => found === "112419", "the facts of the token at hand");
});

test("a question mark opens the list of keys, and Escape closes it and goes back", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  await tabToTokens(page);
  const before = await focused(page);
  await page.keyboard.press("?");
  const keys = page.getByRole("dialog", { name: "Keyboard keys" });
  await keys.waitFor();
  assert.match(await keys.innerText(), /next or previous trained run/);
  await page.keyboard.press("Escape");
  await keys.waitFor({ state: "detached" });
  await onto(page, before);

  await box(page).focus();
  await page.keyboard.press("End");
  await page.keyboard.insertText("");
  await page.keyboard.press("?");
  assert.match(await box(page).inputValue(), /\?/, "in the box it is a character");
  assert.equal(await keys.count(), 0);
});

test("the first Tab offers to skip to the samples, without loading the page again", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  await page.evaluate(() => {
    window.stillHere = true;
    document.activeElement.blur();
  });
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "To the samples");
  await page.keyboard.press("Enter");
  await page.waitForTimeout(300);
  await ready(page);
  assert.equal(await page.evaluate(() => window.stillHere), true, "the page was not loaded again");
  assert.equal(new URL(page.url()).search, "?lang=en");
  await page.keyboard.press("Tab");
  const inside = await page.evaluate(() => document.getElementById("samples").contains(document.activeElement));
  assert.ok(inside, "the next Tab is inside the samples");
});

test("N and P go from sample to sample", async (t) => {
  const { page } = await open(t);
  await tabToTokens(page);
  for (const [key, place] of [
    ["N", "Sample 2: 80"],
    ["N", "Sample 2: 80"],
    ["P", "Sample 1: 34"],
  ]) {
    await page.keyboard.press(`Shift+${key}`);
    await onto(page, place);
  }
});

test("tokens that are selected are counted, with the keyboard and with the pointer", async (t) => {
  const { page } = await open(t);
  const counted = sample(page, 1).locator(".picked");
  await tabToTokens(page);
  await page.keyboard.press("Shift+ArrowLeft");
  await page.keyboard.press("Shift+ArrowLeft");
  await onto(page, "Sample 1: 32");
  await eventually(() => counted.innerText(), (found) => found === "3 tokens selected, 1 trained", "the count of three tokens");
  assert.match(await page.evaluate(() => String(getSelection())), /assistant/, "the browser shows the selection, and can copy it");
  await page.keyboard.press("ArrowRight");
  await eventually(() => counted.innerText(), (found) => found === "", "no count");

  const at = async (token) => {
    const box = await sample(page, 1).locator(`[data-token="${token}"] .g`).boundingBox();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  await page.mouse.move(...(await at(34)));
  await page.mouse.down();
  await page.mouse.move(...(await at(37)), { steps: 5 });
  await page.mouse.up();
  await eventually(() => counted.innerText(), (found) => /^[34] tokens selected, [34] trained$/.test(found), "the count of what the pointer selected");
});
