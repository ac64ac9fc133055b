// The listing that does not work: its steps on the dialogue in the box, beside the listing that works.

import assert from "node:assert/strict";
import { test } from "node:test";

import { open, tokens, useBuiltIn } from "./page.mjs";

const NAME = "The listing that does not work";

async function listed(page, name = NAME, examples = "Examples") {
  await page.getByRole("button", { name: examples, exact: true }).click();
  await page.locator('[data-example="listing"]').click();
  const dialog = page.getByRole("dialog", { name, exact: true });
  await dialog.locator("li h3").last().waitFor();
  return dialog;
}

test("the collator's labels are all ids, and the corrected ones those of per-turn", async (t) => {
  const { page } = await open(t);
  await useBuiltIn(page);
  const shown = await tokens(page, 1);
  const dialog = await listed(page);
  const labels = (place) => place.locator(".tok .l").allInnerTexts();
  assert.equal(await dialog.locator("li h3").count(), 8);
  assert.ok(!(await labels(dialog.locator("li").nth(4))).includes("-100"));
  const right = dialog.getByRole("region", { name: "The listing that works", exact: true });
  assert.deepEqual((await labels(right)).map(Number), shown.map((token) => token.label));
  await dialog.getByText("got an unexpected keyword argument 'ignore_index'").waitFor();
});

test("a finding of labels made apart leads to it", async (t) => {
  const { page } = await open(t);
  await page.getByRole("button", { name: "Examples", exact: true }).click();
  await page.locator('[data-example="moved-boundary"]').click();
  await page.getByRole("region", { name: "Diagnostics" }).getByRole("button", { name: NAME, exact: true }).first().click();
  const dialog = page.getByRole("dialog", { name: NAME, exact: true });
  await dialog.locator("li h3").last().waitFor();
  assert.ok((await dialog.locator("li").nth(2).locator("[data-odd]").count()) > 0);
});

test("it is there in Chinese, and fits a phone", async (t) => {
  const { page } = await open(t, { query: "lang=zh", viewport: { width: 390, height: 844 } });
  const dialog = await listed(page, "行不通的示例代码", "示例");
  await dialog.getByText("可行的示例代码", { exact: true }).first().waitFor();
  assert.ok(await dialog.evaluate((it) => it.scrollWidth <= it.clientWidth));
});
