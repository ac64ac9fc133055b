// What is handed on: links that carry the whole state, Markdown, and links that can't be opened.

import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync, inflateRawSync } from "node:zlib";

import { box, counts, eventually, exchange, open, option, paste, picker, ready, sample, summary, url, useBuiltIn } from "./page.mjs";

const CLIPBOARD = { permissions: ["clipboard-read", "clipboard-write"] };

const dialog = (page, name = "Share") => page.getByRole("dialog", { name, exact: true });
const fragment = (bytes) => `#v1=${Buffer.from(bytes).toString("base64url")}`;
const linkOf = (state) => fragment(deflateRawSync(JSON.stringify(state)));
const stateOf = (link) => JSON.parse(inflateRawSync(Buffer.from(link.split("#v1=")[1], "base64url")));
const status = (page, words) => page.getByRole("status").filter({ hasText: words });

async function copied(page, button) {
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await dialog(page).getByRole("button", { name: button, exact: true }).click();
  await dialog(page).getByRole("status").filter({ hasText: "Copied" }).waitFor();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "detached" });
  return text;
}

test("a link opens the same samples in a fresh browser, and the address forgets it", async (t) => {
  const { page } = await open(t, CLIPBOARD);
  await useBuiltIn(page);
  await paste(page, exchange("为什么？", "因为春风。\u0000 👩‍👩"));
  await picker(page, "Recipe").selectOption("axolotl");
  await ready(page);
  await option(page, "train_on_eos").selectOption("last");
  await page.locator("#tab-samples").click();
  await ready(page);
  const found = await summary(page);
  const link = await copied(page, "Copy link");
  assert.ok(link.startsWith(`${url}#v1=`), link);

  const other = await open(t, { wait: false });
  await other.page.goto("about:blank");
  await other.page.goto(link);
  await ready(other.page);
  await counts(other.page, found);
  assert.equal(await box(other.page).inputValue(), exchange("为什么？", "因为春风。\u0000 👩‍👩"));
  assert.equal(await picker(other.page, "Recipe").inputValue(), "axolotl");
  assert.equal(await option(other.page, "train_on_eos").inputValue(), "last");
  assert.equal(new URL(other.page.url()).hash, "");
  await other.page.reload();
  await ready(other.page);
  await counts(other.page, found);
  assert.ok(other.requests.every((address) => !address.includes("v1=")), "no request carries the state");
});

test("a template of one's own travels, and a draft that is not in use does not", async (t) => {
  const { page } = await open(t, { ...CLIPBOARD, wait: false });
  await useBuiltIn(page);
  await page.getByRole("button", { name: "Edit a copy" }).click();
  const source = page.getByRole("textbox", { name: "Chat template source" });
  await source.fill("{% for m in messages %}<<{{ m.content }}>>{% endfor %}");
  await ready(page);
  const link = await copied(page, "Copy link");
  assert.deepEqual(stateOf(link).template, { source: "{% for m in messages %}<<{{ m.content }}>>{% endfor %}" });
  await picker(page, "Template").selectOption("chatml");
  await ready(page);
  assert.ok(!JSON.stringify(stateOf(await copied(page, "Copy link"))).includes("<<"));
});

test("a link that is followed while the page is open keeps what was typed", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  await paste(page, exchange("mine", "not to be lost"));
  await ready(page);
  const hash = linkOf({ dialogue: exchange("theirs", "here"), tokenizer: "lossmask", recipe: "all-tokens" });
  await page.evaluate((hash) => (location.hash = hash), hash);
  await eventually(() => box(page).inputValue(), (text) => text.includes("theirs"), "the dialogue of the link");
  await ready(page);
  assert.equal(await picker(page, "Recipe").inputValue(), "all-tokens");
  await page.getByRole("button", { name: "Bring it back", exact: true }).click();
  await ready(page);
  assert.ok((await box(page).inputValue()).includes("not to be lost"));
  assert.equal(await picker(page, "Recipe").inputValue(), "per-turn");
});

const broken = [
  ["is damaged", "#v1=not*base64", "damaged"],
  ["is cut off", linkOf({ dialogue: exchange("a", "b") }).slice(0, -9), "damaged"],
  ["is no state", fragment(deflateRawSync("[1, 2]")), "damaged"],
  ["is of a newer page", "#v2=Zm9v", "newer lossmask"],
  ["unpacks to more than a link may hold", fragment(deflateRawSync(Buffer.alloc(300e6))), "more than 2 MB"],
];
for (const [name, hash, words] of broken) {
  test(`a link that ${name} is told, and changes nothing`, async (t) => {
    const { page } = await open(t, { query: "", wait: false });
    await useBuiltIn(page);
    await paste(page, exchange("mine", "stays"));
    await ready(page);
    await page.evaluate((hash) => (location.hash = hash), hash);
    await status(page, words).waitFor();
    await ready(page);
    assert.equal(await box(page).inputValue(), exchange("mine", "stays"));
    assert.equal(new URL(page.url()).hash, hash, "it stays in the address, to be tried again");
  });
}

test("a tokenizer that the reader does not have is replaced, and nothing is fetched for its name", async (t) => {
  const { page, requests } = await open(t, { wait: false });
  await useBuiltIn(page);
  for (const tokenizer of ["own:mine", "../../elsewhere"]) {
    const hash = linkOf({ dialogue: exchange(tokenizer, "b"), tokenizer, recipe: "per-turn" });
    await page.evaluate((hash) => (location.hash = hash), hash);
    await status(page, tokenizer.replace("own:", "")).waitFor();
    await ready(page);
    assert.equal(await picker(page, "Tokenizer").inputValue(), "lossmask");
  }
  assert.deepEqual(requests.filter((address) => address.includes("elsewhere")), []);
});

test("a long link warns and is copied all the same, and one that is too long is not made", async (t) => {
  const { page } = await open(t, { ...CLIPBOARD, wait: false });
  await useBuiltIn(page);
  const noise = Array.from({ length: 6000 }, (_, at) => ((at * 2654435761) >>> 0).toString(36)).join(" ");
  await paste(page, exchange("a", noise));
  await ready(page);
  const link = await copied(page, "Copy link");
  assert.ok(link.length > 8192 && stateOf(link).dialogue.includes(noise));
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await dialog(page).getByText("some chats and mail programs cut an address").waitFor();
  await page.keyboard.press("Escape");
  await paste(page, exchange("a", "x ".repeat(1_200_000)));
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await dialog(page).getByText("too much for a link").waitFor();
  assert.equal(await dialog(page).getByRole("button", { name: "Copy link" }).count(), 0);
});

test("Markdown has the setting, the dialogue and what is trained", async (t) => {
  const { page } = await open(t, { ...CLIPBOARD, wait: false });
  await useBuiltIn(page);
  await picker(page, "Template").selectOption("chatml");
  await paste(page, exchange("Hi", "Hello there"));
  await ready(page);
  const [, tokens, trained] = await summary(page);
  const text = await copied(page, "Copy as Markdown");
  assert.match(text, /^# lossmask: `per-turn`\n/);
  assert.ok(text.includes("- template: `chatml`\n") && text.includes(exchange("Hi", "Hello there")));
  assert.ok(text.includes(`${trained} of ${tokens} tokens trained`), text);
  assert.ok(text.includes("\n+ Hello there<|im_end|>\n"), text);
});

test("by keyboard, in Chinese and on a phone it can be used", async (t) => {
  const { page } = await open(t, { query: "lang=zh&theme=dark", viewport: { width: 390, height: 844 }, ...CLIPBOARD });
  const share = page.getByRole("button", { name: "分享", exact: true });
  await share.focus();
  await page.keyboard.press("Enter");
  const copy = dialog(page, "分享").getByRole("button", { name: "复制链接", exact: true });
  await copy.focus();
  await page.keyboard.press("Enter");
  await dialog(page, "分享").getByText("已复制链接", { exact: true }).waitFor();
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 390));
  assert.ok(await dialog(page, "分享").evaluate((it) => it.scrollWidth <= it.clientWidth));
  await page.keyboard.press("Escape");
  await dialog(page, "分享").waitFor({ state: "detached" });
  assert.ok(await share.evaluate((it) => it === document.activeElement), "the keyboard is where it was");
});
