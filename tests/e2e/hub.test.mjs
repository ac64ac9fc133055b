// A model of the hub: what is asked, when, of whom, with what; and what a refusal says. The hub is played by the browser's
// own interception, so nothing leaves the machine.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { eventually, exchange, open, paste, picker, ready, tokens, useBuiltIn } from "./page.mjs";

const bloom = JSON.parse(readFileSync(new URL("../tokenizer/bloom_like.json", import.meta.url), "utf8"));
const TOKENIZER = JSON.stringify(bloom.tokenizer);
const CONFIG = JSON.stringify({ eos_token: "</s>", chat_template: "{% for m in messages %}{{ m.content }}{{ eos_token }}{% endfor %}" });
const FOREIGN = [/^https:\/\/huggingface\.co$/, /^https:\/\/hf-mirror\.com$/, /^https:\/\/[\w.-]+\.hf\.co$/, /^https:\/\/elsewhere\.example$/];
/** What a browser writes to its console when a file is not there, or may not be asked for. */
const REFUSED = [/Failed to load resource/, /blocked by CORS policy/, /Content Security Policy/, /net::ERR/];
const OPEN = { query: "lang=en", wait: false, origins: FOREIGN, allow: REFUSED };

/** Plays every host but the page's own; `answer` gets each request and says `{ status, headers, body }`. */
async function play(page, answer) {
  const client = await page.context().newCDPSession(page);
  const asked = [];
  await client.send("Fetch.enable", { patterns: [{ urlPattern: "https://*" }] });
  client.on("Fetch.requestPaused", async ({ requestId, request }) => {
    const cors = { "access-control-allow-origin": "*", "access-control-allow-headers": "authorization" };
    const { url, method } = request;
    if (method !== "OPTIONS") asked.push({ url, method, headers: request.headers });
    const { status = 200, headers = cors, body = "", fail } = method === "OPTIONS" ? {} : answer(url, request.headers);
    if (fail) {
      await client.send("Fetch.failRequest", { requestId, errorReason: fail });
      return;
    }
    const named = Object.entries({ ...cors, ...headers }).map(([name, value]) => ({ name, value }));
    await client.send("Fetch.fulfillRequest", {
      requestId,
      responseCode: status,
      responseHeaders: named,
      body: Buffer.from(body).toString("base64"),
    });
  });
  return asked;
}

const dialog = (page) => page.getByRole("dialog", { name: "Bring your own tokenizer" });
const fetchButton = (page) => dialog(page).getByRole("button", { name: /^Fetch / });
const field = (page, name) => dialog(page).getByLabel(new RegExp(`^${name}`));
const header = (request, name) =>
  Object.entries(request.headers).find(([key]) => key.toLowerCase() === name)?.[1];

async function form(page, model, { source, revision, token } = {}) {
  if ((await dialog(page).count()) === 0) await page.getByRole("button", { name: "Bring your own…" }).click();
  await field(page, "Model").fill(model);
  if (revision) await field(page, "Revision").fill(revision);
  if (source) await dialog(page).getByRole("combobox", { name: "Source" }).selectOption(source);
  if (token !== undefined) await field(page, "Access token").fill(token);
}

const refuses = (page, words) => dialog(page).getByRole("alert").getByText(words).first().waitFor();

test("Nothing is asked before the button, and then only what it says, redirects to the hub's file hosts included", async (t) => {
  const { page } = await open(t, OPEN);
  await useBuiltIn(page);
  const asked = await play(page, (url) => {
    if (url === "https://huggingface.co/small/bloom/resolve/refs%2Fpr%2F1/tokenizer.json") {
      return { status: 302, headers: { location: "https://cas-bridge.xethub.hf.co/file?sig=1" } };
    }
    if (url.startsWith("https://cas-bridge.xethub.hf.co/")) return { body: TOKENIZER };
    if (url.endsWith("/tokenizer_config.json")) return { body: CONFIG };
    return { status: 404 };
  });
  await form(page, "small/bloom", { revision: "refs/pr/1", token: "hf_secret" });
  const words = await fetchButton(page).innerText();
  for (const said of ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja", "small/bloom", "refs/pr/1", "huggingface.co"]) {
    assert.ok(words.includes(said), `${words} says ${said}`);
  }
  await page.waitForTimeout(300);
  assert.deepEqual(asked, []);
  await fetchButton(page).click();
  await eventually(() => picker(page, "Tokenizer").inputValue(), (id) => id === "own:small/bloom@refs/pr/1", "the tokenizer");
  assert.deepEqual(
    asked.map(({ url }) => url.replace(/.*\/resolve\//, "")),
    ["refs%2Fpr%2F1/tokenizer.json", "https://cas-bridge.xethub.hf.co/file?sig=1", "refs%2Fpr%2F1/tokenizer_config.json", "refs%2Fpr%2F1/special_tokens_map.json", "refs%2Fpr%2F1/chat_template.jinja"],
  );
  for (const request of asked) {
    const own = request.url.startsWith("https://huggingface.co/");
    assert.equal(header(request, "authorization"), own ? "Bearer hf_secret" : undefined, `the token to ${request.url}`);
    assert.equal(header(request, "referer"), undefined);
    assert.equal(header(request, "cookie"), undefined);
  }
  await paste(page, exchange(bloom.texts[1], bloom.texts[0]));
  await ready(page);
  const ids = [...bloom.ids[1], 2, ...bloom.ids[0], 2];
  await eventually(async () => (await tokens(page, 1)).map((token) => token.id), (found) => String(found) === String(ids), "its ids");
  // The token is in no store, and gone with the dialog.
  await page.waitForTimeout(500);
  assert.ok(!(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).includes("hf_secret"));
  await page.getByRole("button", { name: "Bring your own…" }).click();
  assert.equal(await field(page, "Access token").inputValue(), "");
  await dialog(page).getByText("huggingface.co ·").waitFor();
});

test("The mirror is asked in the hub's place, and a redirect to anywhere else is blocked by the page's policy", async (t) => {
  const { page } = await open(t, OPEN);
  await useBuiltIn(page);
  let away = true;
  const asked = await play(page, (url) => {
    if (url.startsWith("https://elsewhere.example")) return { body: TOKENIZER };
    if (away) return { status: 302, headers: { location: "https://elsewhere.example/tokenizer.json" } };
    return url.endsWith("/tokenizer.json") ? { body: TOKENIZER } : { status: 404 };
  });
  await form(page, "small/bloom", { source: "hf-mirror.com" });
  assert.match(await fetchButton(page).innerText(), /from hf-mirror\.com$/);
  await fetchButton(page).click();
  await refuses(page, /could not reach it/);
  assert.ok(asked.every(({ url }) => url.startsWith("https://hf-mirror.com/")), JSON.stringify(asked));
  away = false;
  await fetchButton(page).click();
  await eventually(() => picker(page, "Tokenizer").inputValue(), (id) => id === "own:small/bloom", "the tokenizer");
  assert.ok(asked.every(({ url }) => new URL(url).origin === "https://hf-mirror.com"));
});

test("Each refusal says what it means and offers the drop", async (t) => {
  const { page } = await open(t, OPEN);
  await useBuiltIn(page);
  let answer = {};
  await play(page, () => answer);
  await form(page, "org/gated");
  const cases = [
    [{ status: 401 }, /\(401\).*gated/],
    [{ status: 404 }, /\(404\).*no tokenizer\.json/],
    [{ status: 429 }, /\(429\).*too many/],
    [{ status: 503 }, /\(503\).*trouble/],
    [{ fail: "NameNotResolved" }, /could not reach it/],
    [{ body: "<html>" }, /is not JSON/],
  ];
  for (const [next, words] of cases) {
    answer = next;
    await fetchButton(page).click();
    await eventually(
      () => dialog(page).getByRole("alert").allInnerTexts(),
      (alerts) => alerts.some((alert) => words.test(alert.replaceAll("\n", " "))),
      String(words),
    );
  }
  answer = { status: 403 };
  await field(page, "Access token").fill("hf_x");
  await fetchButton(page).click();
  await refuses(page, /access token does not open/);
  await page.context().setOffline(true);
  answer = { fail: "InternetDisconnected" };
  await fetchButton(page).click();
  await refuses(page, /there is no network/);
  await refuses(page, /drop them here/);
  assert.equal(await picker(page, "Tokenizer").inputValue(), "lossmask");
});

test("What is no model id is not asked for, and a request can be stopped", async (t) => {
  const { page } = await open(t, OPEN);
  await useBuiltIn(page);
  const client = await page.context().newCDPSession(page);
  const asked = [];
  // Never answered.
  await client.send("Fetch.enable", { patterns: [{ urlPattern: "https://*" }] });
  client.on("Fetch.requestPaused", ({ request }) => asked.push(request.url));
  for (const bad of ["gpt2", "a/../b", "https://huggingface.co/a/b", "a/b?x"]) {
    await form(page, bad);
    assert.ok(await fetchButton(page).isDisabled(), bad);
    await dialog(page).getByText("org/name", { exact: false }).first().waitFor();
  }
  await form(page, "a/b");
  await fetchButton(page).click();
  await dialog(page).getByRole("button", { name: "Stop" }).click();
  await fetchButton(page).waitFor();
  assert.equal(await dialog(page).getByRole("alert").count(), 0);
  await eventually(async () => asked.length, (count) => count === 1, "one request");
  await page.keyboard.press("Escape");
});
