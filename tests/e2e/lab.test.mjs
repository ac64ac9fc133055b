// The loss lab: two small models, trained in a worker of their own, and everything that can be asked of them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { eventually, open, paste, picker, ready, useBuiltIn } from "./page.mjs";

const tab = (page, name) => page.getByRole("tab", { name, exact: true });
const go = (page) => page.locator("#lab-go");
const button = (page, name) => page.getByRole("button", { name, exact: true });
const step = async (page) => Number(await page.locator(".lab-count").getAttribute("data-step"));
const columns = (page) => page.locator(".nll .col");
const finding = (page) => page.getByRole("alert");

/** Opens the lab with the built-in tokenizer, and waits until it can train. */
async function lab(page) {
  await useBuiltIn(page);
  await tab(page, "Loss lab").click();
  await eventually(() => go(page).isEnabled(), Boolean, "the lab to be ready");
  await columns(page).first().waitFor();
}

/** Types into one of the lab's fields. */
async function type(page, name, text) {
  const field = page.getByLabel(name, { exact: true });
  await field.fill(text);
  await field.press("Tab");
}

/** The loss as the formula has it. */
const formula = (page) =>
  page.locator(".formula").evaluate(({ dataset, innerText }) => ({
    sum: Number(dataset.sum),
    count: Number(dataset.count),
    loss: dataset.loss === undefined ? null : Number(dataset.loss),
    text: innerText,
  }));

/** Trains until the end. */
async function train(page, steps) {
  await go(page).click();
  await eventually(() => step(page), (now) => now === steps, `${steps} steps`);
  await eventually(() => go(page).innerText(), (words) => words.includes("again"), "the end of the run");
}

test("training draws both curves, can be paused, stepped and reset, by keyboard alone", async (t) => {
  const { page } = await open(t);
  await useBuiltIn(page);
  await tab(page, "Samples").focus();
  for (let tabs = await page.getByRole("tab").count(); tabs > 0; tabs--) {
    if ((await tab(page, "Loss lab").getAttribute("aria-selected")) === "true") break;
    await page.keyboard.press("ArrowRight");
    await page.waitForTimeout(50);
  }
  assert.equal(await tab(page, "Loss lab").getAttribute("aria-selected"), "true");
  await eventually(() => go(page).isEnabled(), Boolean, "the lab to be ready");
  await type(page, "Steps", "5000");
  await eventually(() => go(page).isEnabled(), Boolean, "the lab to be ready");
  await go(page).focus();
  await page.keyboard.press("Enter");
  const line = () => page.locator(".chart .la").first().getAttribute("d");
  await eventually(() => step(page), (now) => now >= 5, "a few steps");
  const early = await line();
  await eventually(line, (now) => now !== early, "the curve to grow");
  assert.equal(await page.locator(".chart").count(), 2);
  assert.match(await page.getByRole("img", { name: /Loss on reply tokens. At step/ }).getAttribute("aria-label"), /A masked \d/);
  await page.keyboard.press("Enter");
  await eventually(() => go(page).innerText(), (words) => words.includes("Go on"), "the pause");
  const paused = await step(page);
  await page.waitForTimeout(200);
  assert.equal(await step(page), paused, "nothing moves in a pause");
  await button(page, "Step").press("Enter");
  await eventually(() => step(page), (now) => now === paused + 1, "one step");
  await button(page, "Reset").press("Enter");
  await eventually(() => step(page), (now) => now === 0, "the start");
  assert.equal(await page.locator(".chart").count(), 0);
});

test("a pause stops the run", async (t) => {
  const { page } = await open(t);
  await lab(page);
  await type(page, "Steps", "10000");
  await eventually(() => go(page).isEnabled(), Boolean, "the lab to be ready");
  await go(page).click();
  await eventually(() => step(page), (now) => now >= 3, "a few steps");
  const took = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const button = document.querySelector("#lab-go");
        const start = performance.now();
        const words = button.innerText;
        new MutationObserver(() => button.innerText !== words && resolve(performance.now() - start)).observe(button, {
          childList: true,
          characterData: true,
          subtree: true,
        });
        button.click();
      }),
  );
  t.diagnostic(`the pause took ${took.toFixed(1)} ms`);
  const paused = await step(page);
  await page.waitForTimeout(300);
  assert.equal(await step(page), paused, "no step is made after the pause");
});

test("masked positions have a gradient of exactly zero, and the formula has the sample's own numbers", async (t) => {
  const { page } = await open(t);
  await lab(page);
  const all = await columns(page).evaluateAll((found) =>
    found.map((it) => ({ counts: it.classList.contains("counts"), gradient: it.dataset.gradient, label: it.querySelector(".l").innerText })),
  );
  assert.ok(all.some((it) => it.counts) && all.some((it) => !it.counts));
  for (const { counts, gradient, label } of all) {
    assert.equal(gradient === "0", !counts);
    assert.equal(label === "−100", !counts);
  }
  const { sum, count, loss, text } = await formula(page);
  assert.equal(count, all.filter((it) => it.counts).length);
  assert.ok(Math.abs(sum / count - loss) < 1e-4);
  assert.ok(text.includes(`÷ ${count} =`), text);
});

test("the playground changes the loss as PyTorch's reductions, ignore_index and truncation do", async (t) => {
  const { page } = await open(t);
  await lab(page);
  const mean = await formula(page);
  const changed = async (change, is, what) => {
    await change();
    return eventually(() => formula(page), is, what);
  };
  const reduce = (to) => picker(page, "reduction").selectOption(to);
  const sum = await changed(() => reduce("sum"), (now) => now.loss !== mean.loss, "a sum");
  assert.ok(Math.abs(sum.loss - mean.loss * mean.count) < 1e-2);
  await changed(() => reduce("none"), (now) => now.loss === null && now.text.includes("["), "no reduction");
  await changed(() => reduce("mean"), (now) => now.loss === mean.loss, "the mean");
  const size = await columns(page).count();
  await changed(() => picker(page, "Mask").selectOption("off"), (now) => now.count === size - 1, "every token");
  await changed(() => picker(page, "Mask").selectOption("user"), (now) => now.count < size / 2 && now.count > 0, "the user");
  await changed(() => picker(page, "Mask").selectOption("recipe"), (now) => now.count === mean.count, "the recipe");
  const first = page.locator(".nll .counts").first();
  const [id, text] = [await first.locator(".l").innerText(), await first.locator(".g").innerText()];
  await changed(() => type(page, "ignore_index", id), (now) => now.count < mean.count, "tokens to vanish");
  const remark = page.locator(".remark").filter({ hasText: "vanish" });
  assert.ok((await remark.innerText()).includes(text), await remark.innerText());
  assert.ok((await page.locator(".nll .vanished").count()) > 0);
  await type(page, "ignore_index", "");
  await changed(() => type(page, "Truncate to", "2"), (now) => now.count === 0 && now.loss === null, "nothing to train");
  assert.match((await formula(page)).text, /NaN/);
  await page.getByText("no label counts").waitFor();
});

test("trained models write, and the run is saved as CSV and as SVG", async (t) => {
  const { page } = await open(t);
  await lab(page);
  await page.getByRole("checkbox", { name: "Together with the examples" }).uncheck();
  await type(page, "Steps", "80");
  await eventually(() => go(page).isEnabled(), Boolean, "the lab to be ready");
  await train(page, 80);
  const rows = page.locator(".gens tbody tr");
  await eventually(() => rows.count(), (count) => count === 3, "three prompts");
  await page.locator('section[aria-label="What each model writes"][aria-busy="false"]').waitFor();
  assert.ok((await rows.first().locator("td").first().innerText()).length > 3);
  assert.match(await page.locator("[role=status].remark").innerText(), /user/);
  const greedy = await rows.nth(1).innerText();
  await type(page, "Temperature", "5");
  await eventually(() => rows.nth(1).innerText(), (now) => now !== greedy, "other draws");
  assert.match(await page.locator(".lesson").innerText(), /Averaged over 10 steps/);

  const save = async (name) => {
    const [download] = await Promise.all([page.waitForEvent("download"), button(page, name).click()]);
    return [download.suggestedFilename(), readFileSync(await download.path(), "utf8")];
  };
  const [csvName, csv] = await save("Curves as CSV");
  assert.equal(csvName, "lossmask-lab.csv");
  assert.equal(csv.trim().split("\n").length, 81);
  const [svgName, svg] = await save("Picture as SVG");
  assert.equal(svgName, "lossmask-lab.svg");
  assert.match(svg, /^<svg[^]*polyline[^]*<\/svg>$/);

  // The numbers of an earlier step.
  await page.locator("#lab-at").focus();
  await page.keyboard.press("Home");
  await page.getByRole("columnheader", { name: "at step 1", exact: true }).waitFor();
});

test("training stops when the tab is hidden, when the view is left and when the samples change", async (t) => {
  const { page } = await open(t);
  await lab(page);
  await type(page, "Steps", "10000");
  await eventually(() => go(page).isEnabled(), Boolean, "the lab to be ready");
  const training = async () => {
    await go(page).click();
    const before = await step(page);
    await eventually(() => step(page), (now) => now > before, "a step");
  };
  const stopped = () => eventually(() => go(page).innerText(), (words) => words.includes("Go on"), "training to stop");
  await training();
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { value: true, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
    delete document.hidden;
  });
  await stopped();
  await training();
  await tab(page, "Samples").click();
  await tab(page, "Loss lab").click();
  await stopped();
  assert.ok((await step(page)) > 0, "what was trained is still there");
  await training();
  await picker(page, "Recipe").selectOption("axolotl");
  await eventually(() => step(page), (now) => now === 0, "two new models");
  await eventually(() => go(page).innerText(), (words) => words.includes("Train"), "a new start");
});

test("what can't be trained is said, and the page goes on", async (t) => {
  const { page } = await open(t);
  await lab(page);
  for (const [name, bad, good] of [["Learning rate", "NaN", "0.003"], ["Steps", "-3", "240"], ["Random seed", "seven", "7"]]) {
    await type(page, name, bad);
    await finding(page).filter({ hasText: "bad-setting" }).waitFor();
    assert.ok(!(await go(page).isEnabled()));
    await type(page, name, good);
    await eventually(() => go(page).isEnabled(), Boolean, "the lab to be ready");
  }
  const opened = async (dialogue) => {
    await tab(page, "Samples").click();
    await paste(page, JSON.stringify(dialogue));
    await tab(page, "Loss lab").click();
  };
  for (const [dialogue, code] of [
    [[{ role: "user", content: "hello" }], "lab-no-sample"],
    [{ input_ids: [5], labels: [5] }, "lab-too-short"],
    [{ input_ids: [5, 6, 7, 8], labels: [-100, -100, -100, -100] }, "nothing-trained"],
  ]) {
    await opened(dialogue);
    await finding(page).filter({ hasText: code }).waitFor();
    assert.ok(!(await go(page).isEnabled()), code);
    assert.equal(await columns(page).count(), 0, code);
  }
  await opened([{ role: "user", content: "what is it" }, { role: "assistant", content: "a cat" }]);
  await eventually(() => go(page).isEnabled(), Boolean, "the lab to be ready again");
  await button(page, "Step").click();
  await eventually(() => step(page), (now) => now === 1, "a step");
});

test("of a dialogue of fifty thousand tokens the lab trains a window and says which", async (t) => {
  const { page } = await open(t);
  await useBuiltIn(page);
  const input_ids = Array.from({ length: 50_000 }, (_, at) => 300 + ((at * 7) % 90));
  const labels = input_ids.map((id, at) => (at < 49_000 || at >= 49_020 ? -100 : id));
  await paste(page, JSON.stringify({ input_ids, labels }));
  await tab(page, "Loss lab").click();
  await page.getByText("has 50000 tokens, more than the context: the model sees tokens 48509 to 49020").waitFor();
  await button(page, "Step").click();
  await eventually(() => step(page), (now) => now === 1, "a step of the window");
  assert.equal((await formula(page)).count, 20);
  assert.equal(await columns(page).count(), 512);
});

test("the lab's worker is started only when the lab is opened, and a new one takes over when it dies", async (t) => {
  const { page, requests } = await open(t, { allow: [/a message could not be read/] });
  assert.ok(!requests.some((request) => request.includes("lab_loader")));
  await lab(page);
  assert.ok(requests.some((request) => request.includes("lab_loader")));
  await button(page, "Step").click();
  await eventually(() => step(page), (now) => now === 1, "a step");
  const worker = page.workers().at(-1);
  // What can't be read is taken for its death.
  await worker.evaluate(() => self.postMessage({ busy: false, died: true }));
  await eventually(() => step(page), (now) => now === 0, "two new models");
  await button(page, "Step").click();
  await eventually(() => step(page), (now) => now === 1, "a step of the new worker");
  await ready(page);
});

test("the lab is there in Chinese", async (t) => {
  const { page } = await open(t, { query: "lang=zh" });
  await picker(page, "分词器").selectOption("lossmask");
  await ready(page);
  await tab(page, "损失实验").click();
  await eventually(() => go(page).isEnabled(), Boolean, "the lab to be ready");
  await button(page, "单步").click();
  await page.getByRole("img", { name: /回复部分的 loss。第 1 步/ }).waitFor();
  const words = await page.locator(".lab-head, .lab-train, .formula, .remark, .lead").allInnerTexts();
  assert.doesNotMatch(words.join(" "), /\b(the|and|with|step|of)\b/i);
});
