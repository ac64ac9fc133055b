// The view Dataset: what `max_length` takes, how samples become batches, and what each position is compared with.

import assert from "node:assert/strict";
import { test } from "node:test";

import { eventually, open, picker, ready } from "./page.mjs";

const tab = (page, name) => page.getByRole("tab", { name, exact: true });
const part = (page, name) => page.getByRole("region", { name, exact: true });
const codes = (page) =>
  part(page, "Diagnostics").locator("code").evaluateAll((all) => all.map((code) => code.textContent).filter((text) => text.includes("-")));

/** Opens the view and waits until the samples are there. */
async function dataset(page) {
  await tab(page, "Dataset").click();
  await page.locator("[data-sample]").first().waitFor();
  await ready(page);
}

/** Chooses the option of a picker whose words begin like this. */
async function choose(page, name, words) {
  const options = await picker(page, name).locator("option").allInnerTexts();
  const label = options.find((option) => option.startsWith(words));
  assert.ok(label, `${name} has ${options}`);
  await picker(page, name).selectOption({ label });
  await ready(page);
}

async function length(page, number) {
  const field = page.getByLabel("max_length as a number");
  await field.fill(String(number));
  await field.press("Tab");
  await ready(page);
}

/** The cells of a sample: tokens, trained, lost, trained and lost, and why it is dropped. */
const cells = async (page, number) =>
  (await page.locator(`[data-sample="${number}"] td`).allInnerTexts()).slice(1).map((text) => text.trim());

/** The rows of the batch that is shown. */
const rows = (page) =>
  page.locator("[data-row]").evaluateAll((all) =>
    all.map((row) => [row.dataset.segments, row.dataset.targets, row.dataset.width].map(Number)),
  );

test("max_length says what it takes from each sample, and what that does to the reply", async (t) => {
  const { page } = await open(t);
  await dataset(page);
  assert.deepEqual(await cells(page, 0), ["65", "30", "–", "–", ""]);
  assert.deepEqual(await cells(page, 1), ["112", "31", "–", "–", ""]);
  await length(page, 100);
  assert.deepEqual(await cells(page, 1), ["112", "31", "12", "11", ""]);
  assert.deepEqual(await codes(page), ["truncation-cut-reply"]);
  // The slider goes on from there, a token a key.
  const slider = page.getByRole("slider", { name: "max_length" });
  await slider.press("ArrowLeft");
  await eventually(() => cells(page, 1), (found) => found[2] === "13", "one more token to be lost");
  await length(page, 70);
  assert.deepEqual(await cells(page, 1), ["112", "31", "112", "31", "dropped: nothing trained"]);
  assert.deepEqual(await codes(page), ["all-labels-truncated"]);
  await choose(page, "Too long", "keep the end");
  assert.deepEqual(await cells(page, 1), ["112", "31", "42", "–", ""]);
  await page.getByRole("button", { name: "no limit" }).click();
  await ready(page);
  assert.deepEqual(await cells(page, 1), ["112", "31", "–", "–", ""]);
});

test("a collator that makes its own labels trains the prompt, and masks the end where pad is eos", async (t) => {
  const { page } = await open(t);
  await dataset(page);
  assert.deepEqual(await rows(page), [[1, 30, 112], [1, 31, 112]]);
  await choose(page, "Trainer and way", "DataCollatorForLanguageModeling");
  assert.deepEqual(await rows(page), [[1, 64, 112], [1, 111, 112]]);
  assert.deepEqual(await codes(page), ["collator-overwrites-labels"]);
  await choose(page, "Pad token", "eos_token");
  assert.deepEqual(await codes(page), ["pad-is-eos", "collator-overwrites-labels"]);
  await choose(page, "Trainer and way", "DataCollatorForSeq2Seq");
  await eventually(() => codes(page), (found) => found.length === 0, "nothing to report");
});

test("packing draws every sample once, and says where a first token is trained", async (t) => {
  const { page } = await open(t);
  await dataset(page);
  await choose(page, "Recipe", "all-tokens");
  await page.getByRole("button", { name: "Take all examples instead" }).click();
  await eventually(() => page.locator("[data-sample]").count(), (count) => count > 20, "the samples of all examples");
  await ready(page);
  const samples = await page.locator("[data-sample]").count();
  await choose(page, "Trainer and way", "SFTTrainer, packing bfd  ");
  const placed = async () => {
    let all = 0;
    for (;;) {
      all += (await rows(page)).reduce((sum, [segments]) => sum + segments, 0);
      const next = page.getByRole("button", { name: "Next batch" });
      if (!(await next.count()) || (await next.isDisabled())) return all;
      await next.click();
      await ready(page);
    }
  };
  await length(page, 300);
  assert.equal(await placed(), samples);
  assert.ok(!(await codes(page)).includes("packed-first-token-trained"), "TRL masks the first labels");
  await page.getByRole("checkbox", { name: "position_ids" }).check();
  assert.equal(await page.locator(".ds-row .pos").count() > 0, true);
  await choose(page, "Trainer and way", "axolotl, sample_packing  ");
  await choose(page, "Too long", "keep the start");
  assert.equal(await placed(), samples);
  assert.ok((await codes(page)).includes("packed-first-token-trained"));
});

test("a position is compared with the label after it, and the keyboard walks through positions", async (t) => {
  const { page } = await open(t);
  await dataset(page);
  const table = part(page, "Positions").getByRole("table");
  const line = async (number) => table.getByRole("row").nth(number).getByRole("cell").allInnerTexts();
  const [tokens, labels, targets] = [await line(1), await line(3), await line(6)];
  assert.ok(labels.some((label) => label !== "-100"));
  for (let at = 0; at + 1 < tokens.length; at += 1) {
    assert.equal(targets[at], labels[at + 1] === "-100" ? "–" : tokens[at + 1]);
  }
  const slider = part(page, "Positions").getByRole("slider");
  const before = Number(await slider.inputValue());
  await slider.press("ArrowRight");
  await ready(page);
  assert.equal(Number(await slider.inputValue()), before + 1);
  await page.getByRole("button", { name: /^Row 2/ }).press("Enter");
  await eventually(() => part(page, "Positions").innerText(), (text) => text.includes("Row 2, position 79"), "the first target of the other row");
});

test("the choices survive a reload, and padding-free takes no max_length", async (t) => {
  const { page } = await open(t);
  await dataset(page);
  await choose(page, "Trainer and way", "SFTTrainer, padding_free");
  assert.equal(await page.getByLabel("max_length as a number").count(), 0);
  assert.deepEqual(await rows(page), [[2, 61, 177]]);
  await page.waitForTimeout(600);
  await page.reload();
  await ready(page);
  await page.locator("[data-sample]").first().waitFor();
  await ready(page);
  assert.deepEqual(await rows(page), [[2, 61, 177]]);
});

test("the first conversations of a large file are a dataset", async (t) => {
  const { page } = await open(t);
  const row = (number) =>
    JSON.stringify({ messages: [{ role: "user", content: `question ${number}${" and so on".repeat(20)}` }, { role: "assistant", content: "yes" }] });
  const text = Array.from({ length: 2000 }, (_, index) => row(index)).join("\n");
  await page.locator("input[type=file]").setInputFiles({ name: "many.jsonl", mimeType: "text/plain", buffer: Buffer.from(text) });
  await page.getByText("Conversation 1 of 2,000").waitFor();
  await dataset(page);
  await choose(page, "Conversations", "many.jsonl, the first 500");
  await eventually(() => part(page, "Samples").innerText(), (found) => found.includes("500 samples"), "500 samples");
  await page.getByText("500 conversations of the file: the first ones").waitFor();
});

for (const [lang, name, batch, words] of [
  ["en", "Dataset", "Batch", /61 targets after the shift/],
  ["zh", "数据集", "批次", /移位后有 61 个目标/],
]) {
  test(`on a phone nothing runs out of the page (${lang})`, async (t) => {
    const { page } = await open(t, { query: `lang=${lang}`, viewport: { width: 390, height: 844 } });
    await tab(page, name).click();
    await page.locator("[data-sample]").first().waitFor();
    await ready(page);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
    assert.match(await part(page, batch).innerText(), words);
  });
}
