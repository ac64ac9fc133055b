// The view Template: the chat template's source beside the text that it makes of the conversation.

import assert from "node:assert/strict";
import { test } from "node:test";

import { box, eventually, open, picker, ready } from "./page.mjs";

const tab = (page, name) => page.getByRole("tab", { name, exact: true });
const source = (page) => page.getByRole("textbox", { name: "Chat template source" });
const rendered = (page) => page.getByRole("listbox", { name: "Stretches of the rendered text" });
const runs = (page) => rendered(page).getByRole("option");
const region = (page, name) => page.getByRole("region", { name, exact: true });
/** The line that says what is pointed at. */
const about = (page) => page.locator(".tpl-about");

/** The rendered text as it is, without what is drawn for white space. */
const text = (page) => rendered(page).evaluate((element) => [...element.querySelectorAll(".stretch")].map((run) => run.textContent).join(""));

/** The pieces of the source that are lit. */
const litSource = (page) =>
  page.evaluate(() => [...document.querySelectorAll(".tpl-lines .on")].map((piece) => piece.textContent).join(""));

/** The runs of the text that are lit. */
const litText = (page) =>
  page.evaluate(() => [...document.querySelectorAll(".tpl-text .on")].map((run) => run.textContent));

/** Opens the view with a template of the catalog. */
async function template(page, id = "chatml") {
  await picker(page, "Template").selectOption(id);
  await tab(page, "Template").click();
  await runs(page).first().waitFor();
  await region(page, "Checks").waitFor();
  await ready(page);
}

test("the view shows the source and the text, and says who uses the template", async (t) => {
  const { page } = await open(t);
  await template(page, "qwen3");
  assert.match(await source(page).inputValue(), /^\{[%#]/);
  assert.match(await text(page), /^<\|im_start\|>/);
  assert.match(await page.locator(".tpl-facts").innerText(), /used by\s+Qwen3[\s\S]+trl 1\.16\.0/);
  const order = await page.getByRole("tablist", { name: "Views" }).getByRole("tab").allInnerTexts();
  assert.deepEqual(order.slice(0, 3), ["Samples", "Compare", "Template"]);
  const parts = await runs(page).evaluateAll((all) => new Set(all.map((run) => run.dataset.part)).size);
  assert.ok(parts >= 3, "header, content and end");
});

test("the colours behind the box are the very text in it, line by line", async (t) => {
  const { page } = await open(t);
  await template(page, "gpt-oss");
  const behind = await page.evaluate(() => document.querySelector(".tpl-lines").textContent.replace(/\n$/, ""));
  assert.equal(behind, (await source(page).inputValue()));
  const heights = await page.evaluate(() => {
    const [box, behind] = [document.querySelector(".tpl-page textarea"), document.querySelector(".tpl-lines")];
    return [box.scrollHeight, behind.scrollHeight];
  });
  assert.ok(Math.abs(heights[0] - heights[1]) < 3, `both are as high: ${heights}`);
});

test("an edit shows what it changes, and is the user's own template", async (t) => {
  const { page } = await open(t);
  await template(page);
  const before = await source(page).inputValue();
  await source(page).fill(before.replaceAll("<|im_start|>", "<|begin|>"));
  await eventually(() => text(page), (found) => found.includes("<|begin|>user"), "the new text");
  assert.equal(await picker(page, "Template").inputValue(), "custom");
  await page.getByRole("button", { name: "Back to the tokenizer’s own" }).click();
  await eventually(() => text(page), (found) => !found.includes("<|begin|>"), "the tokenizer's own text");
  await picker(page, "Template").selectOption("custom");
  await eventually(() => text(page), (found) => found.includes("<|begin|>user"), "the edited text, which was kept");
});

test("a template that was written before another one was edited can be brought back", async (t) => {
  const { page } = await open(t);
  await template(page);
  await source(page).fill("mine {{ messages[0].content }}");
  await eventually(() => text(page), (found) => found.startsWith("mine "), "my text");
  await picker(page, "Template").selectOption("chatml");
  await eventually(() => text(page), (found) => found.startsWith("<|im_start|>"), "the catalog's text");
  await source(page).press("End");
  await source(page).pressSequentially("x");
  await page.getByRole("button", { name: "Bring it back" }).click();
  await eventually(() => text(page), (found) => found.startsWith("mine "), "my text again");
});

test("an error has its line and column, a hint and a mark, and the last text stays", async (t) => {
  const { page } = await open(t);
  await template(page);
  await source(page).fill("{% for m in messages %}\n  {{ m.content }\n{% endfor %}");
  const alert = page.locator(".tpl-out").getByRole("alert").first();
  await alert.waitFor();
  assert.match(await alert.innerText(), /template-syntax[\s\S]*template 2:\d+[\s\S]*hint/);
  assert.match(await region(page, "Template source").locator("small").innerText(), /error at 2:\d+/);
  assert.ok(await page.locator(".tpl-lines .bad").count());
  assert.equal(await page.locator(".tpl-lines .wrong").getAttribute("data-n"), "2");
  assert.equal(await source(page).getAttribute("aria-invalid"), "true");
  assert.match(await text(page), /<\|im_start\|>/, "what the last good template made");
  await source(page).fill("{% for m in messages %}\n  {{ m.content }}\n{% endfor %}");
  await eventually(() => alert.count(), (count) => count === 0, "no error any more");
});

test("pointing at the text lights what wrote it, and pointing at the source lights all that it wrote", async (t) => {
  const { page } = await open(t);
  await template(page);
  const content = runs(page).and(page.locator('[data-part="content"][data-message="1"]')).first();
  await content.hover();
  await eventually(() => litSource(page), (found) => /^\w/.test(found.trim()), "the expression that wrote the content");
  assert.match(await about(page).innerText(), /template \d+:\d+\s*message 2, assistant, content/);
  const piece = page.locator(".tpl-lines .on").first();
  const { x, y, width, height } = await piece.boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
  await eventually(() => litText(page), (found) => found.length >= 2, "what it wrote for several messages");
  assert.match(await about(page).innerText(), /wrote \d+ stretches/);
});

test("a click pins, Escape releases, and the keys walk from stretch to stretch", async (t) => {
  const { page } = await open(t);
  await template(page);
  await runs(page).nth(1).click();
  await page.mouse.move(2, 2);
  await eventually(() => about(page).innerText(), (found) => /pinned/.test(found), "the pin");
  assert.equal((await litText(page)).length, 1);
  await page.keyboard.press("Escape");
  await eventually(() => litText(page), (found) => found.length === 0, "nothing lit");
  await rendered(page).focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  await eventually(() => rendered(page).getAttribute("aria-activedescendant"), (found) => found === "run-1", "the second stretch");
  assert.ok(await litSource(page));
  await page.keyboard.press("Enter");
  await eventually(() => about(page).innerText(), (found) => /pinned/.test(found), "the pin");
});

test("the caret in the source lights what it stands in", async (t) => {
  const { page } = await open(t);
  await template(page);
  await source(page).evaluate((area) => {
    area.focus();
    area.selectionStart = area.selectionEnd = area.value.indexOf("<|im_start|>") + 2;
  });
  await page.keyboard.press("ArrowRight");
  await eventually(() => litText(page), (found) => found.length >= 2 && found.every((run) => /im_start/.test(run)), "every header");
});

test("a switch changes the text, here and in the samples", async (t) => {
  const { page } = await open(t);
  await template(page, "qwen3");
  const form = page.getByRole("group", { name: "What the template is given" });
  await form.getByLabel("add_generation_prompt").check();
  await eventually(() => text(page), (found) => found.endsWith("<|im_start|>assistant\n"), "the generation prompt");
  await form.getByLabel("enable_thinking=").selectOption("false");
  await eventually(() => text(page), (found) => found.endsWith("<think>\n\n</think>\n\n"), "the empty thinking");
  await page.reload();
  await ready(page);
  await eventually(() => text(page), (found) => found.endsWith("<think>\n\n</think>\n\n"), "the same after a reload");
});

test("a variable that is no JSON is an error until it is", async (t) => {
  const { page } = await open(t);
  await template(page);
  await source(page).fill("{% for t in more %}{{ t }};{% endfor %}");
  const field = page.getByLabel("more=");
  await field.fill("[1, 2");
  await field.blur();
  await page.locator(".tpl-out").getByText("variable-not-json").waitFor();
  await field.fill("[1, 2]");
  await field.blur();
  await eventually(() => text(page), (found) => found === "1;2;", "both numbers");
});

test("the clock is shown where the template reads it, and can be set", async (t) => {
  const { page } = await open(t);
  await template(page);
  const clock = page.getByLabel("Clock");
  assert.equal(await clock.count(), 0);
  await source(page).fill("{{ strftime_now('%d %B %Y') }}");
  await clock.waitFor();
  await clock.fill("2024-02-29T09:05:07");
  await clock.blur();
  await eventually(() => text(page), (found) => found === "29 February 2024", "the day that was set");
  await page.getByRole("button", { name: "use the real one" }).click();
  await eventually(() => text(page), (found) => found !== "29 February 2024", "today");
});

test("messages are prepared as the chosen transformers prepares them", async (t) => {
  const { page } = await open(t);
  await box(page).fill('[{"role": "assistant", "content": "a", "reasoning_content": "b"}]');
  await template(page);
  await source(page).fill("{{ messages[0].keys() | list }}");
  await eventually(() => text(page), (found) => /thinking/.test(found), "the other name of the reasoning");
  await page.getByLabel("Messages as in transformers").selectOption("4");
  await eventually(() => text(page), (found) => !/thinking/.test(found), "the message as it is");
});

test("a check is shown with the conversation that shows it, which can be rendered", async (t) => {
  const { page } = await open(t);
  await template(page);
  await source(page).fill("{% for m in messages if m.role != 'system' %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}");
  const checks = region(page, "Checks");
  const found = checks.locator(".diag", { hasText: "system-dropped" });
  await found.waitFor();
  await found.locator("summary").click();
  assert.match(await found.locator("pre").last().innerText(), /"role": ?"system"/);
  await box(page).waitFor({ state: "detached" });
  await found.getByRole("button", { name: "Render it above" }).click();
  await eventually(() => text(page), (text) => !/春/.test(text) && text.includes("<|im_start|>"), "that conversation");
});

test("the training twin can be copied, which says what it copied, and used", async (t) => {
  const { page } = await open(t, { permissions: ["clipboard-read", "clipboard-write"] });
  await template(page);
  await source(page).fill("{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}");
  const twin = region(page, "Training twin");
  await twin.getByRole("button", { name: "Copy" }).click();
  await eventually(() => twin.getByRole("status").innerText(), (found) => /^Copied the training twin: \d+ bytes/.test(found), "what was copied");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /\{% generation %\}[\s\S]*\{% endgeneration %\}/);
  await twin.getByRole("button", { name: "Use it" }).click();
  await eventually(() => source(page).inputValue(), (found) => found === copied, "the twin in the box");
  await eventually(() => page.locator(".tpl-text .gen").count(), (count) => count > 0, "what it marks");
  await twin.getByText("twin-has-tags").waitFor();
  await page.getByRole("button", { name: "Bring it back" }).click();
  await eventually(() => source(page).inputValue(), (found) => !/generation %/.test(found), "the template before it");
});

test("the form for training is offered beside the authors' own", async (t) => {
  const { page } = await open(t);
  await template(page, "qwen3");
  const forms = page.getByRole("group", { name: "Form of the template" });
  assert.equal(await forms.getByRole("button", { name: "As the authors render it" }).getAttribute("aria-pressed"), "true");
  await forms.getByRole("button", { name: "Safe for training" }).click();
  await eventually(() => picker(page, "Template").inputValue(), (found) => found === "qwen3-training", "the other form");
  await eventually(() => page.locator(".tpl-text .gen").count(), (count) => count > 0, "what it marks");
});

test("a template of five megabytes is refused and edited without freezing the page", async (t) => {
  const { page } = await open(t);
  await template(page);
  await source(page).evaluate((area) => {
    area.value = "{{ messages }} ".repeat(350_000);
    area.dispatchEvent(new InputEvent("input", { bubbles: true }));
  });
  await page.locator(".tpl-out").getByText("template-too-large").waitFor();
  await ready(page);
  assert.match(await region(page, "Template source").innerText(), /Too long to be edited here/);
  assert.equal(await source(page).count() + (await page.locator(".tpl-lines").count()), 0, "no box holds it");
  const longest = await page.evaluate(async () => {
    let longest = 0;
    for (const id of ["tab-samples", "tab-template", "tab-samples", "tab-template"]) {
      const start = performance.now();
      document.getElementById(id).click();
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      longest = Math.max(longest, performance.now() - start);
    }
    return longest;
  });
  t.diagnostic(`the longest click took ${Math.round(longest)} ms`);
  await page.getByRole("button", { name: "Back to the tokenizer’s own" }).click();
  await eventually(() => source(page).count(), (count) => count === 1, "the box again");
});

test("a template that never ends leaves the page and its worker alive", async (t) => {
  const { page } = await open(t);
  await template(page);
  await source(page).fill("{% for a in range(9999) %}{% for b in range(9999) %}{{ a * b }}{% endfor %}{% endfor %}");
  await page.locator(".tpl-out").getByText(/template-too-l/).waitFor();
  await source(page).fill("fine");
  await eventually(() => text(page), (found) => found === "fine", "the next text");
  await ready(page);
});

test("the view is whole in Chinese on a phone", async (t) => {
  const { page } = await open(t, { query: "lang=zh", viewport: { width: 390, height: 844 } });
  await page.getByRole("tab", { name: "聊天模板", exact: true }).click();
  await page.getByRole("listbox", { name: "渲染结果的各段" }).waitFor();
  await page.getByRole("region", { name: "训练用模板" }).waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 390, `the page is ${wide} px wide`);
});
