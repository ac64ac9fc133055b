// What can be taken away: the forms, the preview, the copy, the saved file; by pointer and keyboard, in both languages.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { eventually, open, option, picker, ready, tokens, useBuiltIn } from "./page.mjs";

const dialog = (page, name = "Export") => page.getByRole("dialog", { name, exact: true });
const preview = (page) => dialog(page).locator("pre");

async function opened(t, options) {
  const found = await open(t, options);
  await useBuiltIn(found.page);
  await found.page.getByRole("button", { name: "Export", exact: true }).click();
  await preview(found.page).waitFor();
  return found;
}

test("the program of a recipe carries the dialogue and the options", async (t) => {
  const { page } = await open(t);
  await useBuiltIn(page);
  await picker(page, "Recipe").selectOption("axolotl");
  await ready(page);
  await option(page, "train_on_eos").selectOption("last");
  await ready(page);
  await page.getByRole("button", { name: "Export", exact: true }).click();
  await eventually(
    () => preview(page).innerText(),
    (text) => text.includes("axolotl==0.19.0") && text.includes('"train_on_eos": "last"') && text.includes("帮我写一首诗。"),
    "a program of axolotl",
  );
});

test("the rows that are saved are those on the page", async (t) => {
  const { page } = await opened(t);
  await dialog(page).getByRole("combobox", { name: "Form", exact: true }).selectOption("JSONL");
  await dialog(page).getByRole("combobox", { name: "Of", exact: true }).selectOption("Sample 2");
  await dialog(page).getByText("lossmask-per-turn-sample-2.jsonl", { exact: true }).waitFor();
  const saving = page.waitForEvent("download");
  await dialog(page).getByRole("button", { name: "Download", exact: true }).click();
  const saved = await saving;
  assert.equal(saved.suggestedFilename(), "lossmask-per-turn-sample-2.jsonl");
  const row = JSON.parse(await readFile(await saved.path(), "utf8"));
  await page.keyboard.press("Escape");
  const shown = await tokens(page, 2);
  assert.deepEqual(row.input_ids, shown.map((token) => token.id));
  assert.deepEqual(row.labels, shown.map((token) => token.label));
});

test("a picture is shown as a picture, and every form can be chosen", async (t) => {
  const { page } = await opened(t);
  const form = dialog(page).getByRole("combobox", { name: "Form", exact: true });
  for (const [name, file] of [["TSV", ".tsv"], ["HTML page", ".html"], ["SVG picture", ".svg"], ["Python program", ".py"]]) {
    await form.selectOption(name);
    await dialog(page).getByText(`lossmask-per-turn${file}`, { exact: true }).waitFor();
    if (file === ".svg") {
      const width = await dialog(page).locator("img").evaluate((image) => image.decode().then(() => image.naturalWidth));
      assert.equal(width, 960);
    }
  }
  await form.selectOption("Configuration");
  await dialog(page).getByText("no-config", { exact: true }).waitFor();
});

test("a copy says what was copied, and the dialog is left by the keyboard", async (t) => {
  const { page } = await opened(t, { permissions: ["clipboard-read", "clipboard-write"] });
  const copy = dialog(page).getByRole("button", { name: "Copy", exact: true });
  await copy.focus();
  await page.keyboard.press("Enter");
  await dialog(page).getByText("Copied lossmask-per-turn.py", { exact: true }).waitFor();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(text, /^# The rows that lossmask shows for the recipe `per-turn`/);
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "detached" });
});

test("in Chinese and on a phone it fits", async (t) => {
  const { page } = await open(t, { query: "lang=zh&theme=dark", viewport: { width: 390, height: 844 } });
  await page.getByRole("button", { name: "导出", exact: true }).click();
  await dialog(page, "导出").getByRole("button", { name: "下载", exact: true }).waitFor();
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 390));
  assert.ok(await dialog(page, "导出").evaluate((it) => it.scrollWidth <= it.clientWidth));
});
