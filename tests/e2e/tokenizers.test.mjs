// Tokenizers: those that are served with the page, and those that a user brings as files, as a text, or from the hub.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";

import { eventually, exchange, open, paste, picker, ready, tokens, useBuiltIn } from "./page.mjs";

const json = (name) => JSON.parse(readFileSync(new URL(`../tokenizer/${name}.json`, import.meta.url), "utf8"));
/** A small tokenizer of BLOOM's make-up, and what `tokenizers` makes of some texts with it. */
const bloom = json("bloom_like");
const served = json("served");
const tokenizerJson = JSON.stringify(bloom.tokenizer);
const config = JSON.stringify({ eos_token: "</s>", chat_template: "{% for m in messages %}{{ m.content }}{{ eos_token }}{% endfor %}" });
const FILES = { "tokenizer.json": tokenizerJson, "tokenizer_config.json": config };

/** The button that opens the dialog. */
const bring = (page) => page.getByRole("button", { name: "Bring your own…" });
const dialog = (page) => page.getByRole("dialog", { name: "Bring your own tokenizer" });
const chosen = (page) => picker(page, "Tokenizer").inputValue();
const listed = (page) => picker(page, "Tokenizer").locator("optgroup option").allTextContents();
const becomes = (page, id) => eventually(() => chosen(page), (value) => value === id, id);

/** Gives files to the dialog's own file field. */
async function choose(page, files, name = "Choose files") {
  await bring(page).click();
  await dialog(page).locator(`input[aria-label="${name}"]`).setInputFiles(files);
}

const upload = (name, text) => ({ name, mimeType: "application/octet-stream", buffer: Buffer.from(text) });

/** Whether these ids stand in the first sample, one after the other. */
async function holds(page, ids) {
  await eventually(
    async () => (await tokens(page, 1)).map((token) => token.id),
    (all) => all.some((_, start) => ids.every((id, at) => all[start + at] === id)),
    `the ids ${ids}`,
  );
}

/** A zip archive, its files deflated. */
function zip(files) {
  const table = Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value >>> 0;
  });
  const crc = (bytes) => ~bytes.reduce((sum, byte) => (sum >>> 8) ^ table[(sum ^ byte) & 255], -1) >>> 0;
  const local = [];
  const directory = [];
  let at = 0;
  for (const [name, text, lie] of files) {
    const path = Buffer.from(name);
    const content = Buffer.from(text);
    const packed = deflateRawSync(content);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(crc(content), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(lie ?? content.length, 18);
    fields.writeUInt16LE(path.length, 22);
    const header = Buffer.concat([Buffer.from("PK\x03\x04"), fields, path, packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.from("PK\x01\x02\x14\0"), fields, rest, path);
    local.push(header);
    at += header.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...local, list, end]);
}

for (const id of ["qwen3", "deepseek_v3", "gpt_oss"]) {
  test(`${id} is served with the page, says its size first, and gives the ids that transformers gives`, async (t) => {
    const { page, requests } = await open(t);
    const title = await picker(page, "Tokenizer").locator(`option[value="${id}"]`).textContent();
    const megabytes = Number(/([\d.]+) MB/.exec(title)[1]);
    const came = page.waitForResponse((response) => response.url().includes(`${id}.json.gz`));
    await paste(page, exchange(served.texts[1], served.texts[0]));
    await picker(page, "Template").selectOption("chatml");
    await picker(page, "Tokenizer").selectOption(id);
    const length = (await (await came).body()).length;
    assert.ok(Math.abs(length / 1e6 - megabytes) < 0.06, `${title} and ${length} bytes`);
    await ready(page);
    // Their last marks may join with what the template writes after them.
    for (const at of [0, 1]) await holds(page, served[id].ids[at].slice(0, -1));
    assert.ok(requests.some((request) => request.includes(`${id}.json.gz`)));
  });
}

test("A folder becomes a tokenizer that is listed, survives a reload and can be removed", async (t) => {
  const { page } = await open(t);
  const root = mkdtempSync(join(tmpdir(), "lossmask-"));
  t.after(() => rmSync(root, { recursive: true }));
  const folder = join(root, "small-bloom");
  mkdirSync(join(folder, "onnx"), { recursive: true });
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, "onnx/tokenizer.json"), "{}");
  writeFileSync(join(folder, "model.safetensors"), "weights");
  await choose(page, folder, "Choose a folder");
  await becomes(page, "own:small-bloom");
  assert.equal(await dialog(page).count(), 0, "the dialog closes");
  await page.getByRole("status").getByText("small-bloom is in use, and kept in this browser").waitFor();
  // Its own template: the contents, each with the stop token after it.
  await paste(page, exchange(bloom.texts[1], bloom.texts[0]));
  await holds(page, [...bloom.ids[1], 2, ...bloom.ids[0], 2]);
  await page.waitForTimeout(500);
  await page.reload();
  await ready(page);
  assert.equal(await chosen(page), "own:small-bloom");
  await holds(page, bloom.ids[0]);
  await eventually(() => listed(page), (names) => String(names) === "small-bloom", "one tokenizer in the list");
  await bring(page).click();
  await dialog(page).getByText(/kept in this browser/).waitFor();
  await dialog(page).getByRole("button", { name: "Remove small-bloom" }).click();
  await dialog(page).getByText("None yet.").waitFor();
  await dialog(page).getByRole("button", { name: "Close" }).click();
  assert.equal(await chosen(page), "lossmask");
  await page.waitForTimeout(500);
  await page.reload();
  await ready(page);
  assert.deepEqual(await listed(page), []);
});

test("A folder is dropped on the page, and its tokenizer is found inside it", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  const root = mkdtempSync(join(tmpdir(), "lossmask-"));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "hub/dropped-bloom"), { recursive: true });
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(root, "hub/dropped-bloom", name), text);
  for (let at = 0; at < 250; at += 1) writeFileSync(join(root, "hub", `shard-${at}.bin`), "x");
  const client = await page.context().newCDPSession(page);
  const data = { items: [], files: [join(root, "hub")], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"]) {
    await client.send("Input.dispatchDragEvent", { type, x: 700, y: 500, data });
  }
  await becomes(page, "own:dropped-bloom");
  await paste(page, exchange(bloom.texts[1], bloom.texts[0]));
  await holds(page, [...bloom.ids[1], 2, ...bloom.ids[0], 2]);
});

test("A zip archive is dropped on the page; a dropped dialogue is still a dialogue", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  const archive = zip([
    ["__MACOSX/._tokenizer.json", "junk"],
    ["model/tokenizer.json", tokenizerJson],
    ["model/tokenizer_config.json", config],
    ["model/chat_template.jinja", JSON.parse(config).chat_template],
    ["model/additional_chat_templates/tool_use.jinja", "{{ messages[0].content }}"],
  ]);
  const drop = async (name, bytes) => {
    const data = await page.evaluateHandle(
      ([name, bytes]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name));
        return transfer;
      },
      [name, Buffer.from(bytes).toString("base64")],
    );
    await page.dispatchEvent("body", "drop", { dataTransfer: data });
  };
  await drop("bloom.zip", archive);
  await becomes(page, "own:model");
  await drop("chat.json", exchange(bloom.texts[1], bloom.texts[0]));
  await holds(page, [...bloom.ids[1], 2, ...bloom.ids[0], 2]);
  assert.equal(await dialog(page).count(), 0);
});

test("Files under any name, a pasted text and a template alone are taken for what they hold", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  await choose(page, upload("bloom-tokenizer.txt", tokenizerJson));
  await becomes(page, "own:tokenizer");
  await page.getByText("It has no chat template").waitFor();
  await bring(page).click();
  await dialog(page).getByText("Paste the text instead").click();
  const box = dialog(page).getByRole("textbox", { name: "Text of tokenizer.json or of a chat template" });
  await box.fill("{% for m in messages %}[{{ m.content }}]{% endfor %}");
  await dialog(page).getByRole("button", { name: "Use the text" }).click();
  await eventually(() => picker(page, "Template").inputValue(), (value) => value === "custom", "the own template");
  assert.equal(await chosen(page), "own:tokenizer");
  // A large text does not stand in the box: it is taken at once.
  await bring(page).click();
  await dialog(page).getByText("Paste the text instead").click();
  const padded = `${tokenizerJson}${" ".repeat(10_000_000)}`;
  await box.evaluate((box, text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, padded);
  await becomes(page, "own:tokenizer 2");
  await eventually(() => listed(page), (names) => String(names) === "tokenizer,tokenizer 2", "both");
});

test("What is no tokenizer says why and what to do, in the dialog", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  const fails = async (files, words) => {
    await dialog(page).locator('input[aria-label="Choose files"]').setInputFiles(files);
    await dialog(page).getByRole("alert").getByText(words).first().waitFor();
  };
  await bring(page).click();
  await fails([upload("tokenizer.model", "x"), upload("config.json", "{}")], /AutoTokenizer.from_pretrained/);
  await fails([upload("tokenizer.json", "{")], /not a tokenizer/);
  await fails([upload("tokenizer.json", "[1, 2]")], /not a tokenizer/);
  await fails([upload("a.zip", "PK\x03\x04 but no more")], /not a whole zip/);
  await fails([upload("a.zip", zip([["data/train.jsonl", "{}"]]))], /train.jsonl/);
  // An archive that unpacks to more than it says is stopped there.
  await fails([upload("a.zip", zip([["tokenizer.json", " ".repeat(50_000_000), 1000]]))], /unpacks to more/);
  await fails([upload("a.zip", zip([["tokenizer.json", "{}", 2 ** 31 - 1]]))], /unpacks to more/);
  await fails([upload("tokenizer_config.json", "{}")], /no chat template/);
  assert.equal(await chosen(page), "lossmask");
  await page.keyboard.press("Escape");
  await ready(page);
});

test("Where the browser keeps nothing, the tokenizer works in this tab", async (t) => {
  const { page } = await open(t, { wait: false });
  await useBuiltIn(page);
  // The disk is full: the worker's storage refuses, as a browser does.
  const client = await page.context().newCDPSession(page);
  await client.send("Storage.overrideQuotaForOrigin", { origin: new URL(page.url()).origin, quotaSize: 1 });
  await choose(page, [upload("tokenizer.json", tokenizerJson), upload("tokenizer_config.json", config)]);
  await becomes(page, "own:tokenizer");
  await page.getByText("is in use in this tab only").waitFor();
  await paste(page, exchange(bloom.texts[1], bloom.texts[0]));
  await holds(page, [...bloom.ids[1], 2, ...bloom.ids[0], 2]);
});
