// The npm package as it would be published: from Node, from a page, and through its types.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, symlinkSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { after, before, test } from "node:test";

const { LOSSMASK_PACKAGE: PACKAGE, LOSSMASK_NODE_MODULES: MODULES, LOSSMASK_CHROMIUM: CHROMIUM } = process.env;
assert.ok(PACKAGE && MODULES && CHROMIUM, "`cargo xtask test` sets what this reads");

const talk = [
  { role: "user", content: "hi" },
  { role: "assistant", content: "夏天 😀" },
];

/** A project that has the package installed. */
function project() {
  const folder = mkdtempSync(join(tmpdir(), "lossmask-package-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(PACKAGE, join(folder, "node_modules/lossmask"));
  writeFileSync(join(folder, "package.json"), '{"type": "module"}');
  return folder;
}

const installed = project();
writeFileSync(join(installed, "index.mjs"), 'export * from "lossmask";');
const lossmask = await import(join(installed, "index.mjs"));

test("Node imports it by its name and gets a sample whose offsets count as JavaScript does", () => {
  const { samples, diagnostics, template } = lossmask.analyze({ dialogue: talk, template: "chatml", recipe: "axolotl" });
  assert.equal(template, "chatml");
  assert.deepEqual(diagnostics, []);
  const [sample] = samples;
  const trained = sample.offsets.filter((_, at) => sample.weights[at] > 0);
  const text = sample.text.slice(trained[0][0], trained.at(-1)[1]);
  assert.equal(text, "夏天 😀<|im_end|>");
  assert.equal(sample.labels.filter((label) => label === -100).length, sample.labels.length - trained.length);
});

test("a text in another format, options as JavaScript values and a clock are understood", () => {
  const said = lossmask.parse("User: hi\nAssistant: hello\n");
  assert.equal(said[0].messages[1].content, "hello");
  const all = lossmask.analyze({ dialogue: talk, template: "chatml", recipe: "axolotl", options: { train_on_inputs: true } });
  const some = lossmask.analyze({ dialogue: talk, template: "chatml", recipe: "axolotl" });
  const count = ({ samples }) => samples[0].weights.filter((weight) => weight > 0).length;
  assert.ok(count(all) > count(some));
  const [{ text }] = lossmask.render({ dialogue: talk, template: "{{ strftime_now('%Y') }}", now: "2031-01-31T09:05:07" });
  assert.equal(text, "2031");
});

test("a compiled template gives the text that render gives, and an error its line and column", () => {
  const chat = lossmask.compile("qwen3");
  const tools = [{ type: "function", function: { name: "weather", parameters: { type: "object" } } }];
  const variables = { enable_thinking: false };
  const text = chat.render(talk, { tools, variables, addGenerationPrompt: true });
  const dialogue = { messages: talk, tools };
  const [whole] = lossmask.render({ dialogue, template: "qwen3", variables, addGenerationPrompt: true });
  assert.equal(text, whole.text);
  assert.notEqual(chat.render(talk), text);
  chat.free();
  const clock = lossmask.compile("{{ strftime_now('%Y') }} {{ bos_token }}");
  assert.equal(clock.render([], { now: "2031-01-31T09:05:07", variables: { bos_token: "<b>" } }), "2031 <b>");
  assert.equal(clock.render([]).slice(0, 4), String(new Date().getFullYear()));
  assert.throws(() => lossmask.compile("a\n{% if %}"), /line 2, column \d+/);
  assert.throws(() => lossmask.compile("{{ raise_exception('no system message') }}").render(talk), /no system message/);
  assert.throws(() => clock.render(talk, { toolz: [] }), /toolz/);
});

test("a tokenizer is loaded from the texts of its files, and what is none is refused", () => {
  const tokenizer = JSON.stringify({
    added_tokens: [],
    pre_tokenizer: { type: "Whitespace" },
    model: { type: "WordLevel", vocab: { "[UNK]": 0, hi: 1, there: 2 }, unk_token: "[UNK]" },
  });
  assert.equal(lossmask.loadTokenizer("words", { tokenizer }), 3);
  assert.deepEqual(lossmask.encode("hi there", "words"), { ids: [1, 2], offsets: [[0, 2], [3, 8]] });
  assert.throws(() => lossmask.loadTokenizer("none", { tokenizer: "{}" }), Error);
  for (const files of ["{".repeat(1e5), { tokenizer: { text: "{".repeat(1e5) } }, {}]) {
    const tells = ({ message }) => message.includes("{ tokenizer, config }") && message.length < 300;
    assert.throws(() => lossmask.loadTokenizer("none", files), tells);
  }
  assert.throws(() => lossmask.encode("hi", "none"), /none/);
});

test("what can't be read as a request throws an error that says so", () => {
  assert.throws(() => lossmask.analyze(), /JSON/);
  assert.throws(() => lossmask.analyze({ dialogue: talk, format: "nope" }), /sharegpt/);
  assert.throws(() => lossmask.compile("chatml", { transformers: 3 }), /4 or 5/);
  assert.equal(lossmask.parse(talk)[0].messages[1].content, talk[1].content);
});

test("it comes with the licences of what it is made of", () => {
  const notices = readFileSync(join(PACKAGE, "THIRD-PARTY.txt"), "utf8");
  for (const crate of ["minijinja", "tokenizers", "wasm-bindgen"]) assert.match(notices, new RegExp(`^${crate} \\d`, "m"));
  assert.match(notices, /Permission is hereby granted/);
  assert.match(readFileSync(join(PACKAGE, "LICENSE-APACHE"), "utf8"), /Apache License/);
});

test("a field that a request does not have is refused by its name, and what is wrong with a dialogue is an answer", () => {
  assert.throws(() => lossmask.analyze({ dialogue: talk, reciep: "axolotl" }), /reciep/);
  const { samples, diagnostics } = lossmask.analyze({ dialogue: "[{", template: "chatml" });
  assert.equal(samples.length, 0);
  assert.ok(diagnostics.length > 0 && diagnostics[0].message_zh);
});

test("its types describe it, without a browser's: a program that is right compiles, one that is wrong does not", () => {
  const tsc = join(MODULES, "typescript/bin/tsc");
  const compile = (program) => {
    const folder = project();
    writeFileSync(join(folder, "program.ts"), program);
    const flags = ["--noEmit", "--strict", "--module", "nodenext", "--target", "esnext", "--skipLibCheck", "false", "--lib", "esnext"];
    return () => execFileSync(process.execPath, [tsc, ...flags, "program.ts"], { cwd: folder, encoding: "utf8", stdio: "pipe" });
  };
  compile(`import { analyze, type Sample } from "lossmask";
    const samples: Sample[] = analyze({ dialogue: "", recipe: "axolotl", options: { train_on_eos: "last" } }).samples;
    export const label: number = samples[0].labels[0];`)();
  compile(`import { compile, type ChatTemplate, type RenderOptions } from "lossmask";
    const chat: ChatTemplate = compile("chatml", { transformers: 4 });
    const options: RenderOptions = { addGenerationPrompt: true };
    export const text: string = chat.render([{ role: "user", content: "hi" }], options);`)();
  assert.throws(compile(`import { analyze } from "lossmask"; analyze({ dialog: "" });`), ({ stdout }) => /dialog/.test(stdout));
});

const TYPES = { ".html": "text/html", ".mjs": "text/javascript", ".js": "text/javascript", ".wasm": "application/wasm" };
let server, browser;
before(async () => {
  server = createServer((request, response) => {
    const file = join(PACKAGE, normalize(new URL(request.url, "http://x").pathname));
    try {
      const body = readFileSync(file);
      response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "text/plain" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { chromium } = createRequire(`${MODULES}/`)("playwright-core");
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
});
after(async () => {
  await browser?.close();
  server?.close();
});

async function open(path) {
  const page = await browser.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  await page.goto(`http://127.0.0.1:${server.address().port}${path}`);
  return { page, faults };
}

test("the example page shows what is trained, and again when the dialogue is edited", async () => {
  const { page, faults } = await open("/examples/page.html");
  await page.locator("[data-trained]").first().waitFor();
  const trained = () => page.locator("[data-trained]").allInnerTexts().then((texts) => texts.join(""));
  assert.match(await trained(), /^Still water, and the cicadas' noon\.<\|im_end\|>$/);
  await page.locator("textarea").fill("User: hi\nAssistant: hello");
  assert.equal(await trained(), "hello<|im_end|>");
  assert.deepEqual(faults, []);
});

test("the notebook cell returns an element with every token over its label", async () => {
  const { page, faults } = await open("/examples/page.html");
  const cell = await page.evaluate(async () => {
    const { tokens } = await import("/examples/notebook.mjs");
    const view = tokens("User: hi\nAssistant: hello", { recipe: "axolotl" });
    document.body.append(view);
    return [...view.querySelectorAll("rt")].map((label) => Number(label.textContent));
  });
  assert.ok(cell.includes(-100) && cell.some((label) => label >= 0), String(cell));
  assert.deepEqual(faults, []);
});
