// The three pickers, the options beside them, and templates of one's own.

import assert from "node:assert/strict";
import { test } from "node:test";

import { box, counts, eventually, exchange, open, option, paste, picker, ready, sample, samples, state, summary, tokens, useBuiltIn } from "./page.mjs";

const POEMS = [2, 177, 61, 116];

test("each template writes the dialogue in its own way", async (t) => {
  const { page } = await open(t);
  const text = () => sample(page, 1).innerText();
  await picker(page, "Template").selectOption("chatml");
  await eventually(text, (words) => !words.includes("Qwen"), "no system message of Qwen's");
  await ready(page);
  assert.match(await text(), /<\|im_start\|>/);
  await picker(page, "Template").selectOption("plain");
  await eventually(text, (words) => !words.includes("<|im_start|>"), "a text without ChatML");
  await ready(page);
  await picker(page, "Template").selectOption("tokenizer");
  await counts(page, POEMS);
});

test("the built-in tokenizer needs no request, and Qwen2.5 is asked for once", async (t) => {
  const { page, requests } = await open(t, { wait: false });
  const fetched = () => requests.filter((address) => address.includes("/tokenizers/")).length;
  await useBuiltIn(page);
  const before = fetched();
  const [count, tokenCount] = await summary(page);
  assert.equal(count, 2);
  assert.ok((await tokens(page, 1)).every((token) => token.id < 8192));
  await picker(page, "Tokenizer").selectOption("qwen2_5");
  await counts(page, POEMS);
  const after = fetched();
  await picker(page, "Tokenizer").selectOption("lossmask");
  await eventually(() => summary(page), (found) => found[1] === tokenCount, "the built-in tokenizer's samples");
  await picker(page, "Tokenizer").selectOption("qwen2_5");
  await counts(page, POEMS);
  assert.equal(fetched(), after, "what was loaded is kept");
  assert.ok(before <= after && after > 0);
});

test("a page that was left with the built-in tokenizer asks for no other", async (t) => {
  const { page, requests } = await open(t, { wait: false });
  await useBuiltIn(page);
  await page.waitForTimeout(500);
  requests.length = 0;
  await page.reload();
  await ready(page);
  assert.equal(await picker(page, "Tokenizer").inputValue(), "lossmask");
  assert.deepEqual(requests.filter((address) => address.includes("/tokenizers/")), []);
});

test("all-tokens trains everything in one sample", async (t) => {
  const { page } = await open(t);
  await picker(page, "Recipe").selectOption("all-tokens");
  await eventually(() => samples(page).count(), (count) => count === 1, "one sample");
  await ready(page);
  const [count, all, trained, masked] = await summary(page);
  assert.deepEqual([count, trained, masked], [1, all, 0]);
  await picker(page, "Recipe").selectOption("per-turn");
  await counts(page, POEMS);
});

test("where the trained part ends is a choice", async (t) => {
  const { page } = await open(t);
  await option(page, "end").selectOption("none");
  await counts(page, [2, 177, 59, 118]);
  await option(page, "end").selectOption("all");
  await counts(page, [2, 177, 63, 114]);
  await option(page, "end").selectOption("stop");
  await counts(page, POEMS);
});

test("encoding prompt and reply apart shows where the labels go wrong", async (t) => {
  const { page } = await open(t);
  await picker(page, "Template").selectOption("chatml");
  await paste(page, exchange("A haiku.", "\n\nRopes hum in the grey"));
  await eventually(() => samples(page).count(), (count) => count === 1, "the sample");
  const odd = sample(page, 1).locator("[data-odd]");
  assert.equal(await odd.count(), 0);
  await option(page, "boundary").selectOption("separate");
  const found = page.getByRole("region", { name: "Diagnostics" });
  await eventually(() => found.innerText(), (words) => words.includes("boundary"), "a word on the boundary");
  await ready(page);
  assert.ok((await odd.count()) > 0, "tokens whose label is another token");
  const labelled = (await tokens(page, 1)).filter((token) => token.trained);
  assert.ok(labelled.some((token) => token.label !== token.id));
});

test("an ignore_index inside the vocabulary is taken, with a word on what is lost", async (t) => {
  const { page } = await open(t);
  const found = page.getByRole("region", { name: "Diagnostics" });
  const set = async (value) => {
    await option(page, "ignore_index").fill(value);
    await option(page, "ignore_index").press("Enter");
  };
  await set("0");
  await eventually(() => found.innerText(), (words) => words.includes("ignore-index"), "a finding on ignore_index");
  await ready(page);
  const all = await tokens(page, 1);
  assert.ok(all.every((token) => token.label === (token.trained ? token.id : 0)));
  await set("-1");
  await eventually(async () => (await tokens(page, 1))[0].label, (label) => label === -1, "the new label");
  await ready(page);
  assert.ok(!(await found.innerText()).includes("ignore-index"));
});

test("what is being typed into a field stays while the page is drawn anew, and counts when it is entered", async (t) => {
  const { page } = await open(t);
  let release;
  const gate = new Promise((resolve) => (release = resolve));
  await page.context().route("**/tokenizers/**", async (route) => {
    await gate;
    await route.continue();
  });
  await picker(page, "Tokenizer").selectOption("qwen3");
  const field = option(page, "ignore_index");
  await field.fill("-7");
  assert.equal(await state(page), "loading");
  release();
  // The new tokenizer's samples draw the setup anew.
  await ready(page);
  const label = async () => (await tokens(page, 1))[0].label;
  assert.deepEqual([await label(), await field.inputValue()], [-100, "-7"], "it is not entered yet");
  await field.press("Enter");
  await eventually(label, (found) => found === -7, "the label that was entered");
  // What is typed and taken back is left behind with the field.
  await field.fill("-9");
  await field.fill("-7");
  await field.blur();
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await eventually(() => field.inputValue(), (found) => found === "-100", "the label of before");
});

test("a template of one's own is written from a copy of the one at work", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  const before = await summary(page);
  await page.getByRole("button", { name: "Edit a copy" }).click();
  const source = page.getByRole("textbox", { name: "Chat template source" });
  assert.match(await source.inputValue(), /messages/, "the copy has the template's text");
  assert.deepEqual(await summary(page), before, "and writes the same");
  await source.fill("{% for message in messages %}[{{ message.role }}]{{ message.content }}{% endfor %}");
  await eventually(() => sample(page, 1).innerText(), (words) => words.replaceAll(/[\s·]|−100/g, "").includes("[user]"), "the new words");
  await ready(page);
  assert.equal(await picker(page, "Template").inputValue(), "custom");
  await page.getByRole("button", { name: "Back to the tokenizer’s own" }).click();
  await counts(page, before);
  assert.ok(await picker(page, "Template").locator("option[value=custom]").count(), "it can be chosen again");
});

test("a template that raises says what it raised, and the samples stay", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  await page.getByRole("button", { name: "Edit a copy" }).click();
  const source = page.getByRole("textbox", { name: "Chat template source" });
  await source.fill("{{ raise_exception('roles must alternate') }}");
  const found = page.getByRole("region", { name: "Diagnostics" });
  await eventually(() => found.innerText(), (words) => words.includes("roles must alternate"), "the template's words");
  await source.fill("{% for message in messages %}");
  await eventually(() => found.innerText(), (words) => /template 1:\d+/.test(words), "the place of the mistake");
  assert.ok((await samples(page).count()) > 0, "samples stay");
});

test("a template that never ends is stopped, and the page answers meanwhile", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  await page.getByRole("button", { name: "Edit a copy" }).click();
  const source = page.getByRole("textbox", { name: "Chat template source" });
  const endless = "{% for a in range(99999) %}{% for b in range(99999) %}{% for c in range(99999) %}{{ a }}{% endfor %}{% endfor %}{% endfor %}";
  await source.fill(endless);
  await page.getByRole("button", { name: "中文" }).click();
  await eventually(() => page.evaluate(() => document.documentElement.lang), (lang) => lang === "zh-Hans", "the other language, at once");
  const alert = page.getByRole("region", { name: "诊断", exact: true });
  await eventually(() => alert.innerText(), (words) => words.includes("错误"), "an error");
  await ready(page);
  assert.equal(await source.count(), 0, "the box has a Chinese name now");
  assert.equal(await page.getByRole("textbox", { name: "聊天模板源码" }).inputValue(), endless, "nothing typed is lost");
});

test("a template that writes without end is stopped", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  await page.getByRole("button", { name: "Edit a copy" }).click();
  await page.getByRole("textbox", { name: "Chat template source" }).fill("{% for a in range(9999) %}{{ 'x' * 1000000 }}{% endfor %}");
  const found = page.getByRole("region", { name: "Diagnostics" });
  await eventually(() => found.innerText(), (words) => words.includes("error"), "an error");
  await ready(page);
  await box(page).press("End");
  assert.notEqual(await state(page), "failed");
});
