// The lesson: a walk over the live page, step by step, that gives everything back when it is left.

import assert from "node:assert/strict";
import { test } from "node:test";

import { box, eventually, exchange, open, option, paste, picker, ready, sample, unfold, useBuiltIn } from "./page.mjs";

const WORDS = {
  en: {
    open: "Lesson", next: "Next", back: "Back", leave: "Leave the lesson", finish: "Finish", keep: "Keep this and leave",
    sample: "Sample", recipe: "Recipe", listing: "Open the listing", close: "Close", only: "Only differing positions",
    at: (step) => `Step ${step} of 9`, go: "Continue the lesson",
  },
  zh: {
    open: "教程", next: "下一步", back: "上一步", leave: "离开教程", finish: "完成", keep: "保留现状并离开",
    sample: "样本", recipe: "掩码规则", listing: "打开示例代码", close: "关闭", only: "只看有差异的位置",
    at: (step) => `第 ${step} 步，共 9 步`, go: "继续教程",
  },
};

const card = (page, words) => page.getByRole("complementary", { name: words.open, exact: true });
const press = (page, words, name) => card(page, words).getByRole("button", { name, exact: true }).click();
const done = (page, words) => card(page, words).locator(".lesson-done p");
const opener = (page) => page.locator("#lesson-open");
const title = (page) => page.evaluate(() => (document.activeElement?.id === "lesson-title" ? document.activeElement.textContent : null));

/** Waits until this step, counted from 1, is open, its words are there and the page is ready. */
async function onStep(page, words, step) {
  await card(page, words).getByText(words.at(step), { exact: true }).waitFor();
  await card(page, words).locator("h2").waitFor();
  await ready(page);
}

async function start(page, words) {
  await opener(page).click();
  await onStep(page, words, 1);
}

/** The numbers of the sentence that tells what was done. */
async function told(page, words) {
  const text = await done(page, words).innerText();
  return text.replaceAll("−", "-").replaceAll(",", "").match(/-?\d+(\.\d+)?/g).map(Number);
}

const attribute = (token, name) => token.getAttribute(name).then(Number);

/** What the reader does at each step, and what the page must say then. */
const TRIES = [
  async (page, words) => {
    const token = sample(page, 1, words.sample).locator("[data-token][data-trained]").nth(2);
    await token.click();
    const [index, label] = await told(page, words);
    assert.deepEqual([index, label], [await attribute(token, "data-token"), await attribute(token, "data-id")]);
  },
  async (page, words) => {
    await unfold(page, 2, words.sample);
    const first = await attribute(sample(page, 1, words.sample).locator("[data-token][data-trained]").first(), "data-token");
    await sample(page, 2, words.sample).locator(`[data-token="${first}"]`).click();
    assert.deepEqual(await told(page, words), [first, 2, 1]);
  },
  async (page, words) => {
    assert.equal(await page.locator(".lane [aria-pressed=true]").innerText(), "ids");
    await page.getByRole("button", { name: "labels", exact: true }).click();
    const tokens = page.locator("section.sample [data-token]");
    await unfold(page, 1, words.sample);
    await unfold(page, 2, words.sample);
    const masked = await page.locator('section.sample [data-token][data-label="-100"]').count();
    const all = await tokens.count();
    const numbers = await told(page, words);
    assert.deepEqual(numbers.toSorted((a, b) => a - b), [-100, masked, all - masked].toSorted((a, b) => a - b));
  },
  async (page, words) => {
    const token = sample(page, 1, words.sample).locator("[data-token]:not([data-trained])").nth(1);
    await token.click();
    assert.deepEqual(await told(page, words), [await attribute(token, "data-token"), -100, 1]);
  },
  async (page, words) => {
    const trained = () => page.locator("[data-token][data-trained]").count();
    const before = await trained();
    const field = page.locator(".field.recipe input[type=number]");
    await field.fill("0");
    await field.press("Enter");
    await done(page, words).waitFor();
    const numbers = await told(page, words);
    const lost = before - (await trained());
    assert.ok(lost > 0 && numbers.includes(lost), `${lost} lost, told ${numbers}`);
    await field.fill("-1");
    await field.press("Enter");
    await eventually(trained, (now) => now === before, "every token of the reply trained again");
  },
  async (page, words) => {
    const masked = () => page.locator("section.sample [data-token]:not([data-trained])").count();
    await eventually(masked, (count) => count === 0, "a page where everything is trained");
    await card(page, words).getByRole("button", { name: words.listing, exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.locator("li h3").last().waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    const numbers = (await told(page, words)).toSorted((a, b) => a - b);
    assert.ok(numbers[0] < numbers[1], `fewer are right than are trained: ${numbers}`);
  },
  async (page, words) => {
    await page.getByRole("checkbox", { name: words.only, exact: true }).check();
    await done(page, words).waitFor();
    assert.ok((await told(page, words)).length === 4);
  },
  async (page, words) => {
    await eventually(() => page.locator("#lab-go").isEnabled(), Boolean, "the lab to be ready");
    await page.locator("#lab-go").click();
    await done(page, words).waitFor();
    const shown = await page.locator(".reads td").allInnerTexts();
    const [step, ...losses] = await told(page, words);
    assert.equal(step, 240);
    assert.deepEqual(losses, shown.slice(-4).map(Number));
  },
  async (page, words) => {
    await picker(page, words.recipe).selectOption("axolotl");
    await done(page, words).waitFor();
    await eventually(() => done(page, words).innerText(), (text) => text.includes("axolotl"), "the recipe's name");
  },
];

for (const lang of ["en", "zh"]) {
  const words = WORDS[lang];
  test(`the whole lesson can be walked and tried, and everything is as before (${lang})`, async (t) => {
    const { page } = await open(t, { query: `lang=${lang}` });
    const text = exchange("mine", "yours");
    await page.locator(".editor textarea").fill(text);
    await picker(page, words.recipe).selectOption("all-tokens");
    await page.locator("#tab-dataset").click();
    await ready(page);
    await start(page, words);
    for (const [at, attempt] of TRIES.entries()) {
      await onStep(page, words, at + 1);
      assert.equal(await done(page, words).count(), 0, `step ${at + 1} is not done before it is tried`);
      await attempt(page, words);
      if (at + 1 < TRIES.length) await press(page, words, words.next);
    }
    await press(page, words, words.finish);
    await card(page, words).waitFor({ state: "detached" });
    assert.equal(await page.locator("#tab-dataset").getAttribute("aria-selected"), "true");
    await page.locator("#tab-samples").click();
    assert.equal(await page.locator(".editor textarea").inputValue(), text);
    assert.equal(await picker(page, words.recipe).inputValue(), "all-tokens");
    assert.equal(await opener(page).getAttribute("aria-label"), words.open, "the next time it begins anew");
  });
}

test("each step rings what it speaks of, and the card does not cover it", async (t) => {
  for (const size of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
    const { page } = await open(t, { viewport: size });
    const words = WORDS.en;
    await start(page, words);
    for (let step = 1; step <= TRIES.length; step += 1) {
      await onStep(page, words, step);
      const ringed = () =>
        page.evaluate(() => {
          const cardAt = document.querySelector(".lesson-card").getBoundingClientRect();
          const overlaps = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
          return [...document.querySelectorAll("#page *")]
            .filter((it) => !it.matches(":focus-visible") && it.checkVisibility() && getComputedStyle(it).outlineStyle === "solid" && getComputedStyle(it).outlineWidth === "2px")
            .map((it) => it.getBoundingClientRect())
            .map((it) => ({ hidden: it.top >= cardAt.top && overlaps(it, cardAt), off: it.top >= innerHeight || it.bottom <= 0, wide: it.right > innerWidth }));
        });
      const isClear = (rings) => rings.some((ring) => !ring.hidden && !ring.off && !ring.wide);
      await eventually(ringed, isClear, `something ringed and in sight at step ${step}, ${size.width} px`);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `step ${step} fits`);
      if (step < TRIES.length) await press(page, words, words.next);
    }
  }
});

test("the lesson is left in the middle, survives a reload and goes on where it was", async (t) => {
  const { page } = await open(t, { query: null });
  const words = WORDS.en;
  const text = exchange("mine", "yours");
  await paste(page, text);
  await option(page, "end").selectOption("none");
  await ready(page);
  await start(page, words);
  for (const step of [2, 3, 4]) {
    await press(page, words, words.next);
    await onStep(page, words, step);
  }
  // What is typed is kept when the keys have rested, and when the page is left.
  await page.reload();
  await ready(page);
  await onStep(page, words, 4);
  assert.equal(await title(page), null, "a reload leaves the keyboard where it is");
  await press(page, words, words.leave);
  await card(page, words).waitFor({ state: "detached" });
  assert.equal(await box(page).inputValue(), text);
  assert.equal(await option(page, "end").inputValue(), "none");
  assert.equal(await opener(page).getAttribute("aria-label"), `${words.go} (4/9)`);
  await page.reload();
  await ready(page);
  assert.equal(await box(page).inputValue(), text);
  await opener(page).click();
  await onStep(page, words, 4);
});

test("what is typed in the lesson is kept, and so is what was there before when the reader keeps the page", async (t) => {
  const { page } = await open(t);
  const words = WORDS.en;
  await paste(page, exchange("mine", "yours"));
  await start(page, words);
  await paste(page, exchange("tried", "out"));
  await press(page, words, words.leave);
  assert.equal(await box(page).inputValue(), exchange("mine", "yours"));
  await page.getByRole("button", { name: "Bring it back", exact: true }).click();
  assert.equal(await box(page).inputValue(), exchange("tried", "out"));

  await opener(page).click();
  await onStep(page, words, 1);
  for (let step = 2; step <= 9; step += 1) await press(page, words, words.next);
  await onStep(page, words, 9);
  await picker(page, "Recipe").selectOption("unsloth");
  await press(page, words, words.keep);
  await card(page, words).waitFor({ state: "detached" });
  assert.equal(await picker(page, "Recipe").inputValue(), "unsloth");
  await page.getByRole("button", { name: "Bring it back", exact: true }).click();
  assert.equal(await box(page).inputValue(), exchange("tried", "out"));
});

test("the lesson is walked with the keyboard alone", async (t) => {
  const { page } = await open(t);
  const words = WORDS.en;
  await useBuiltIn(page);
  await opener(page).focus();
  await page.keyboard.press("Enter");
  const onTitle = (part) => eventually(() => title(page), (found) => found?.includes(part), `the keyboard on “${part}”`);
  await onTitle("Input and label");
  const tabTo = async (name) => {
    for (let presses = 0; presses < 12; presses += 1) {
      await page.keyboard.press("Tab");
      if ((await page.evaluate(() => document.activeElement.textContent)) === name) return;
    }
    assert.fail(`Tab did not reach ${name}`);
  };
  await tabTo("Next");
  await page.keyboard.press("Enter");
  await onTitle("One reply, one sample");
  await tabTo("Next");
  await page.keyboard.press(" ");
  await onTitle("side by side");
  await tabTo("Back");
  await page.keyboard.press("Enter");
  await onTitle("One reply, one sample");
  await page.keyboard.press("Escape");
  await card(page, words).waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement.id), "lesson-open");
  assert.equal(await picker(page, "Tokenizer").inputValue(), "lossmask", "the tokenizer is the one of before");
});

test("a first visit is told of the lesson once, and dismissing it moves nothing unasked", async (t) => {
  const { page } = await open(t, { query: null });
  const hint = page.locator(".lesson-hint");
  assert.ok(await hint.isVisible());
  const shift = await page.evaluate(
    () => new Promise((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
      }).observe({ type: "layout-shift", buffered: true });
      setTimeout(() => resolve(sum), 300);
    }),
  );
  assert.ok(shift < 0.1, `the page shifted by ${shift}`);
  await hint.getByRole("button", { name: "Don’t show this again" }).click();
  assert.equal(await hint.count(), 0);
  await page.waitForTimeout(500);
  await page.reload();
  await ready(page);
  assert.equal(await hint.count(), 0);
  assert.ok(await opener(page).isVisible(), "the button stays");
});

test("on a phone the card folds to a line, says what was done there, and lets the page be used", async (t) => {
  const { page } = await open(t, { query: "lang=zh", viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const words = WORDS.zh;
  await page.locator("#lesson-open").tap();
  await onStep(page, words, 1);
  const height = () => card(page, words).evaluate((it) => it.getBoundingClientRect().height);
  const tall = await height();
  assert.ok(tall <= 844 * 0.53, `${tall} px`);
  await page.locator(".lesson-fold").tap();
  await eventually(height, (now) => now < 200, "the folded card");
  const token = sample(page, 1, words.sample).locator("[data-token][data-trained]").first();
  await token.tap();
  await done(page, words).waitFor();
  const small = await card(page, words).locator("button").evaluateAll((all) =>
    all.map((it) => it.getBoundingClientRect()).filter((it) => it.width > 0 && (it.height < 44 || it.width < 44)).length,
  );
  assert.equal(small, 0, "what is pressed with a finger is large enough");
  await press(page, words, words.next);
  await onStep(page, words, 2);
  assert.ok((await height()) > 200, "a new step begins unfolded");
  // The last line of the page can be scrolled out from under the card.
  const foot = page.locator(".foot span").first();
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  const clear = await foot.evaluate((it) => it.getBoundingClientRect().bottom <= document.querySelector(".lesson-card").getBoundingClientRect().top);
  assert.ok(clear);
});

test("a page in a frame has no lesson and does not speak of it", async (t) => {
  const { page } = await open(t, { query: "embed=1" });
  assert.equal(await page.locator(".lesson-hint").isVisible(), false);
});
