// What people paste: other formats, training flags, rows that a trainer tokenised, and the way from the text to its tokens.

import assert from "node:assert/strict";
import { test } from "node:test";

import { box, open } from "./page.mjs";

test("Selecting words in the box lights the tokens that came from them and counts them", async (t) => {
  const { page } = await open(t);
  await box(page).evaluate((area) => {
    const start = area.value.indexOf("春风拂面");
    area.focus();
    area.setSelectionRange(start, start + 4);
  });
  await page.getByText(/^Selection: \d+ tokens in sample 1, \d+ trained$/).waitFor();
  const lit = await page.locator(".sample").first().locator(".tok.lit").allTextContents();
  assert.match(lit.join(""), /春风.*面/s);
  await page.locator("h2", { hasText: "Inspector" }).click();
  await page.waitForFunction(() => document.querySelectorAll(".tok.lit").length === 0);
});

test("A transcript is read without any markup", async (t) => {
  const { page } = await open(t);
  await box(page).fill("User: What is a mask?\nAssistant: A list of labels.\n");
  await page.waitForFunction(() => document.querySelector("#format option").textContent === "Transcript");
  await page.getByText("2 messages").waitFor();
});

test("ChatML text is read back into messages", async (t) => {
  const { page } = await open(t);
  await box(page).fill("<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\nho<|im_end|>\n");
  await page.waitForFunction(() => document.querySelector("#format option").textContent === "ChatML text");
  await page.getByRole("region", { name: "Sample 1" }).getByText("reply 1", { exact: true }).waitFor();
});

test("YAML is read, and a training flag stands beside its message", async (t) => {
  const { page } = await open(t);
  await box(page).fill(
    "messages:\n  - role: user\n    content: hi\n  - role: assistant\n    content: ho\n    weight: 0\n  - role: user\n    content: again\n  - role: assistant\n    content: yes, again\n",
  );
  await page.locator(".flag", { hasText: "weight=0" }).first().waitFor();
});

test("A row that a trainer tokenised is shown as it is", async (t) => {
  const { page } = await open(t);
  await box(page).fill('{"input_ids": [151644, 872, 198, 6023], "labels": [-100, -100, -100, 6023]}');
  const sample = page.getByRole("region", { name: "Sample 1" });
  await sample.getByText("1 trained of 4").waitFor();
  assert.equal(await sample.locator("[data-token='3']").getAttribute("data-label"), "6023");
});

test("A preference row gives two conversations that say which they are", async (t) => {
  const { page } = await open(t);
  await box(page).fill(JSON.stringify({ prompt: "Say hi", chosen: "hi", rejected: "go away" }));
  await page.getByText("2 messages, chosen").waitFor();
  await page.getByRole("button", { name: "Next conversation" }).click();
  await page.getByText("2 messages, rejected").waitFor();
});
