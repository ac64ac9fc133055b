// What people paste: other formats, training flags, rows that a trainer tokenised, and the way from the text to its tokens.

import assert from "node:assert/strict";
import { test } from "node:test";

import { box, eventually, open, picker, useBuiltIn } from "./page.mjs";

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

test("The pointer over the dialogue and over the template lights the tokens that came from there", async (t) => {
  const { page } = await open(t);
  const lit = () => page.locator(".tok.lit").allTextContents();
  // A point of the box at which these words stand.
  const over = await box(page).evaluate((area) => {
    const first = area.value.indexOf("春风");
    const { left, top, right, bottom } = area.getBoundingClientRect();
    for (let y = top + 4; y < bottom; y += 6)
      for (let x = left + 4; x < right; x += 6) {
        const found = document.caretPositionFromPoint(x, y);
        if (found?.offsetNode === area && found.offset === first) return { x, y };
      }
    return null;
  });
  await page.mouse.move(over.x, over.y);
  await eventually(lit, (found) => found.length === 2 && found.every((text) => text.startsWith("春")), "the first word of the poem, in both samples");
  assert.equal(await page.locator("#dialogue:focus").count(), 0, "nothing was clicked");
  await page.mouse.move(1, 1);
  await eventually(lit, (found) => found.length === 0, "nothing is lit without the pointer");
  // A line of the template, of which the first ones are shown.
  const lines = page.locator(".template .ln");
  await useBuiltIn(page);
  await picker(page, "Template").selectOption("chatml");
  await eventually(() => lines.count(), (count) => count > 2, "the lines of the template");
  const written = new Map();
  for (const line of await lines.all()) {
    await line.hover();
    await page.waitForTimeout(50);
    written.set(await line.textContent(), await lit());
  }
  const marker = [...written].find(([line]) => line.includes("<|im_start|>"));
  assert.ok(marker?.[1].some((text) => text.includes("<|im_start|>")), JSON.stringify([...written]));
  await page.mouse.move(1, 1);
  await eventually(lit, (found) => found.length === 0, "nothing is lit without the pointer");
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
