// From the text in the box to the samples, token by token.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { box, counts, eventually, exchange, open, paste, ready, sample, samples, summary, tokens, unfold, until, useBuiltIn } from "./page.mjs";

const golden = JSON.parse(readFileSync(new URL("two-poems.qwen2_5.json", import.meta.url)));
const IGNORED = -100;
/** `帮我写一首诗。`, as Qwen2.5 encodes it. */
const QUESTION = [108965, 61443, 108462, 100045, 1773];

test("opening the page shows the example as two samples, one a reply", async (t) => {
  const { page } = await open(t);
  assert.equal(await samples(page).count(), 2);
  assert.match(await box(page).inputValue(), /^dialogue = \[\n {4}\{"role": "user", "content": "帮我写一首诗。"\}/);
  assert.deepEqual(await summary(page), [2, 177, 61, 116]);
  for (const [place, expected] of golden.entries()) {
    await unfold(page, place + 1);
    const found = await tokens(page, place + 1);
    assert.deepEqual(found.map((token) => token.index), expected.input_ids.map((_, index) => index));
    assert.deepEqual(found.map((token) => token.id), expected.input_ids);
    assert.deepEqual(found.map((token) => token.label), expected.labels);
    for (const token of found) {
      assert.equal(token.label, token.trained ? token.id : IGNORED, `token ${token.index}`);
    }
  }
});

test("the history before a reply is masked and the reply is trained to its stop token", async (t) => {
  const { page } = await open(t);
  for (const [number, size, trained] of [[1, 65, 30], [2, 112, 31]]) {
    await unfold(page, number);
    const found = await tokens(page, number);
    assert.equal(found.length, size);
    const first = found.findIndex((token) => token.trained);
    const reply = found.slice(first, first + trained);
    assert.ok(reply.every((token) => token.trained), "the reply is one run");
    assert.equal(found.filter((token) => token.trained).length, trained);
    assert.equal(reply.at(-1).id, 151645, "the reply ends with <|im_end|>");
    assert.deepEqual(found.slice(first - 3, first).map((token) => token.id), [151644, 77091, 198]);
  }
  const second = await tokens(page, 2);
  const ids = second.map((token) => token.id);
  const question = ids.findIndex((_, start) => QUESTION.every((id, k) => ids[start + k] === id));
  assert.ok(question > 0, "the first question is part of the second sample");
  const firstReply = golden[0].labels.filter((label) => label !== IGNORED);
  const again = ids.findIndex((_, start) => firstReply.every((id, k) => ids[start + k] === id));
  assert.ok(again > question, "so is the first reply");
  assert.ok(second.slice(again, again + firstReply.length).every((token) => !token.trained), "masked");
});

test("pointing at a token tells its id, its label, its attention and why", async (t) => {
  const { page } = await open(t);
  const inspector = page.getByRole("region", { name: "Inspector", exact: true });
  const fact = (name) => inspector.locator(`dt:text-is("${name}") + dd`).innerText();
  const point = (index) => sample(page, 1).locator(`[data-token="${index}"]`).hover();

  await point(24);
  await eventually(() => inspector.innerText(), (words) => words.includes("Masked"), "the token's facts");
  assert.equal(await fact("index"), "24");
  assert.equal(await fact("text"), '"帮我"');
  assert.equal(await fact("id"), "108965");
  assert.match(await fact("label"), /^−100, weight 0/);
  assert.equal(await fact("attention"), "1");
  assert.equal(await fact("bytes"), "E5 B8 AE E6 88 91");
  assert.equal(await fact("owner"), "message 1, user, content");

  await point(34);
  await eventually(() => inspector.innerText(), (words) => words.includes("Trained"), "the next token's facts");
  assert.equal(await fact("id"), "110067");
  assert.match(await fact("label"), /^110067, weight 1/);
  assert.match(await fact("elsewhere"), /Sample 2, index 34: −100/);
  assert.match(await page.locator(".mirror mark").innerText(), /^春/, "the pasted characters are marked");
});

test("editing the text gives new samples at once", async (t) => {
  const { page } = await open(t);
  await box(page).press("Control+End");
  // Over the empty last line and the bracket, to the end of the last message.
  await box(page).press("ArrowUp");
  await box(page).press("ArrowUp");
  await box(page).press("End");
  await page.keyboard.insertText(',\n    {"role": "user", "content": "好。"},\n    {"role": "assistant", "content": "谢谢！"}');
  await eventually(() => samples(page).count(), (count) => count === 3, "a third sample");
  await ready(page);
  const [count, , trained] = await summary(page);
  assert.deepEqual([count, trained > 61], [3, true]);
});

test("a broken text leaves the last samples dimmed under an error that says where and what to do", async (t) => {
  const { page } = await open(t);
  await paste(page, '[\n  {"role": "user", "content": "a"},\n  {"role": "assistant", "content": oops}\n]');
  const alert = page.locator(".top-error[role=alert]");
  await alert.first().waitFor();
  const words = await alert.first().innerText();
  assert.match(words, /dialogue 3:36/);
  assert.match(words, /hint/);
  assert.equal(await samples(page).count(), 2, "the last good samples stay");
  assert.equal(await page.locator(".samples.stale").count(), 1);
  const opacity = await page.locator(".samples").evaluate((element) => Number(getComputedStyle(element).opacity));
  assert.ok(opacity < 1, "and are dimmed");
  await page.getByRole("region", { name: "Diagnostics" }).getByText("error").first().waitFor();

  await paste(page, exchange("a", "b"));
  await eventually(() => samples(page).count(), (count) => count === 1, "the sample of the mended text");
  await ready(page);
  assert.equal(await page.locator(".samples.stale, .top-error").count(), 0);
});

test("an empty box offers examples to start from", async (t) => {
  const { page } = await open(t);
  await paste(page, "");
  const start = page.locator(".drop button");
  await start.first().waitFor();
  await ready(page);
  assert.ok((await start.count()) >= 3);
  assert.equal(await page.locator(".top-error").count(), 0, "an empty box is no error to shout about");
  await start.first().click();
  await counts(page, [2, 177, 61, 116]);
});

test("a dialogue without a reply, or with an unknown role, says so", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  const found = page.getByRole("region", { name: "Diagnostics" });
  await paste(page, '[{"role": "user", "content": "anyone?"}]');
  await eventually(() => found.innerText(), (words) => /reply|assistant/.test(words), "a word on the missing reply");
  await paste(page, '[{"role": "user", "content": "a"}, {"role": "wizard", "content": "b"}, {"role": "assistant", "content": "c"}]');
  await eventually(() => found.innerText(), (words) => words.includes("wizard"), "a word on the unknown role");
});

test("a character of several tokens is one cell, and what can't be seen has a picture", async (t) => {
  const { page } = await open(t);
  await paste(page, exchange("a\u200bb", "𰻞 \t\n👩‍👩‍👧"));
  await until(page, () => document.querySelector("section.sample")?.innerText ?? "", (text) => text.includes("𰻞"), "the reply");
  await ready(page);
  const split = sample(page, 1).locator(".split", { hasText: "𰻞" });
  assert.equal(await split.locator("[data-token]").count(), 4, "one character, four tokens");
  assert.ok((await sample(page, 1).locator(".ws").count()) > 1);
  assert.match(await sample(page, 1).innerText(), /U\+200B/);
});

test("what stands under a token is text, ids or labels", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  const under = page.getByRole("group", { name: "Under each token" });
  const first = sample(page, 1).locator("[data-token]").first();
  const below = first.locator(".l");
  assert.equal(await below.innerText(), "−100");
  await under.getByRole("button", { name: "ids" }).click();
  await eventually(() => below.innerText(), (words) => /^\d+$/.test(words), "the id");
  assert.equal(await below.innerText(), await first.getAttribute("data-id"));
  await under.getByRole("button", { name: "text" }).click();
  await eventually(() => below.count(), (count) => count === 0, "nothing under the token");
  assert.equal(await under.getByRole("button", { name: "text" }).getAttribute("aria-pressed"), "true");
});

test("three conversations are walked through one by one", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  await paste(page, [1, 2, 3].map((n) => `{"messages": ${exchange(`question ${n}`, `answer ${n}`)}}`).join("\n"));
  const stepper = page.getByRole("group", { name: "Conversations" });
  const [previous, next] = ["Previous", "Next"].map((word) => stepper.getByRole("button", { name: `${word} conversation` }));
  const stands = async (number) => {
    await eventually(() => stepper.innerText(), (words) => words.includes(`Conversation ${number} of 3`), `conversation ${number}`);
    await eventually(() => samples(page).allInnerTexts(), (texts) => texts.length === 1 && spaceless(texts[0]).includes(`question${number}`), `its sample`);
  };
  await stepper.waitFor();
  await stands(1);
  assert.ok(await previous.isDisabled());
  await next.click();
  await stands(2);
  await next.click();
  await stands(3);
  assert.ok(await next.isDisabled());
  await previous.click();
  await stands(2);
});

/** The words of a sample without what stands between and under its tokens. */
const spaceless = (text) => text.replaceAll(/[\s·]|−100/g, "");
