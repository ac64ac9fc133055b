// Large texts: the page keeps what was typed, answers while it works, and draws only what is near the screen.

import assert from "node:assert/strict";
import { test } from "node:test";

import { box, eventually, exchange, open, paste, ready, samples, summary, useBuiltIn } from "./page.mjs";

const NODES = 5_000;
const nodes = (page) => page.evaluate(() => document.querySelectorAll("*").length);

/** Puts a text into the box as a paste does, without typing it character by character. */
const insert = (page, text) =>
  box(page).evaluate((area, text) => {
    area.focus();
    area.value = text;
    area.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste" }));
  }, text);

test("a paste of 20 MB gets a clear answer and does not lose the page", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  const line = '{"role": "user", "content": "' + "很长的一段话 and so on, ".repeat(40) + '"},\n';
  const text = `[\n${line.repeat(Math.ceil(2e7 / Buffer.byteLength(line)))}{"role": "assistant", "content": "ok"}]`;
  assert.ok(Buffer.byteLength(text) >= 2e7);
  await insert(page, text);
  await page.getByRole("button", { name: "中文", exact: true }).click();
  await page.waitForFunction(() => document.documentElement.lang === "zh-Hans");
  await page.getByRole("button", { name: "EN", exact: true }).click();
  await eventually(
    () => page.getByRole("region", { name: "Diagnostics" }).innerText(),
    (words) => /error|warning/.test(words),
    "a word on the size",
  );
  await ready(page);
  assert.equal((await box(page).inputValue()).length, text.length, "the text is still in the box");
  assert.ok((await nodes(page)) < NODES);
  await insert(page, exchange("short", "again"));
  await eventually(() => samples(page).count(), (count) => count === 1, "the sample of a short text");
  await ready(page);
  assert.equal(await page.locator(".top-error").count(), 0);
});

test("a dialogue of 10,000 tokens is drawn only near the screen, and typing goes on", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  const words = "夏日炎炎荷满塘，the lake is full of lotus. ".repeat(60);
  const messages = Array.from({ length: 10 }, (_, k) => ({ role: k % 2 ? "assistant" : "user", content: `${k} ${words}` }));
  await insert(page, JSON.stringify(messages, null, 1));
  await eventually(() => samples(page).count(), (count) => count === 5, "five samples");
  await ready(page);
  const [, tokens] = await summary(page);
  assert.ok(tokens > 10_000, `${tokens} tokens`);
  assert.ok((await nodes(page)) < NODES, `${await nodes(page)} nodes`);
  assert.ok((await page.locator("[data-token]").count()) > 0);

  await box(page).focus();
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.type('{"role":"system","content":"short"},', { delay: 5 });
  assert.match(await box(page).inputValue(), /^\[\{"role":"system","content":"short"\},/, "no key is lost");
  await eventually(() => summary(page), (found) => found[1] > tokens, "the new message's tokens");
  await ready(page);

  // What is scrolled to is drawn, and what was left is taken away.
  await samples(page).last().scrollIntoViewIfNeeded();
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  const last = samples(page).last().locator("[data-trained]").last();
  await last.waitFor({ state: "attached" });
  assert.ok((await nodes(page)) < NODES, `${await nodes(page)} nodes after scrolling`);
});

test("the keyboard reaches the ends of a long sample", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  await insert(page, exchange("q", "one two three four five ".repeat(1500)));
  await eventually(() => samples(page).count(), (count) => count === 1, "the sample");
  await ready(page);
  const [, size] = await summary(page);
  assert.ok(size > 3_000, `${size} tokens are enough to draw only a part`);
  const active = () => page.evaluate(() => Number(document.activeElement?.dataset.token ?? -1));
  await samples(page).first().locator('[data-token][tabindex="0"]').focus();
  await page.keyboard.press("End");
  await eventually(active, (token) => token === size - 1, "the last token");
  await page.keyboard.press("Home");
  await eventually(active, (token) => token === 0, "the first token");
  assert.ok((await nodes(page)) < NODES);
});

test("a text of many conversations shows one and counts all", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  await insert(page, Array.from({ length: 3000 }, (_, k) => `{"messages": ${exchange(`q${k}`, `a${k}`)}}`).join("\n"));
  await page.getByText("Conversation 1 of 3,000").waitFor();
  await ready(page);
  assert.equal(await samples(page).count(), 1);
  assert.ok((await nodes(page)) < NODES);
  await insert(page, exchange("a", "b"));
  await eventually(() => page.getByText("Conversation 1 of").count(), (count) => count === 0, "one conversation");
  await eventually(() => samples(page).count(), (count) => count === 1, "its sample");
  const [count] = await summary(page);
  assert.equal(count, 1);
});

test("a long reply is drawn without laying the page out again and again", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  await ready(page);
  // Each read of a width makes the browser lay out all that was added before it.
  await page.evaluate(() => {
    window.reads = 0;
    const { get } = Object.getOwnPropertyDescriptor(Element.prototype, "clientWidth");
    Object.defineProperty(Element.prototype, "clientWidth", { get() { return (window.reads++, get.call(this)); } });
  });
  await insert(page, exchange("hi", "word ".repeat(30_000)));
  await eventually(() => summary(page), ([, , trained]) => trained > 20_000, "its tokens");
  await ready(page);
  const reads = await page.evaluate(() => window.reads);
  assert.ok(reads < 20, `${reads} reads`);
});
