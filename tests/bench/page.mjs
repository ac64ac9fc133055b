// `cargo xtask bench page`: how long the built page takes, in one headless Chromium. No gates, only figures.
//
// Five runs of each; the table prints least, median and most.
//   cold       navigation to data-state="ready", in a new browser context (nothing cached)
//   cached     the same in a second page of that context
//   samples    the tokenizer is there (its progress bar leaves the page) to the example's samples painted, cold
//   keystroke  the input event of one character, typed at the end of the last reply of a dialogue of about 10,000
//              tokens, to the frame after the first change of the last sample
//   ready      the same event to data-state="ready" again
//   long task  the longest task of the main thread while ten characters are typed, 120 ms apart; the browser only
//              tells of those from 50 ms on, so 0 means "below 50"
//   nodes      elements on the page with that dialogue shown
//   scrolling  a dialogue of about 100,000 tokens is scrolled through from its top, 100 pixels a frame for SCROLLED_MS, in
//              Samples; frames a second, the longest frame, the share of frames over 17 ms, and the most elements on the
//              page on the way. In the other views that show a text: the time to "ready", the elements, and how long a
//              message of the page to itself waits at most while the view is being made
// The dialogue is measured in two shapes: few long replies, and many short ones. By the recipe `per-turn` each reply is
// a sample that holds all that stands before it, so many replies mean many more tokens on the page.
// The text comes from _text.mjs, the same in every run. `--json` or LOSSMASK_JSON=1 prints all the figures.
import { AS_JSON, SITE, machine, median, servedTokenizer, startBrowser, table } from "./_common.mjs";
import { writer } from "./_text.mjs";

const RUNS = 5;
/** About 10,000 tokens of the text of _text.mjs. */
const DIALOGUE_BYTES = Number(process.env.LOSSMASK_DIALOGUE_BYTES ?? 32_000);
const SHAPES = { "4 replies": 4, "20 replies": 20 };
/** About 100,000 tokens: in one reply, and in the samples of many. */
const LARGE = { "one reply of 100,000": [1, 360_000], "20 replies, 100,000 in all": [20, 30_000] };
const VIEWS = ["compare", "template", "dataset"];
const SCROLLED_MS = 5_000;
const TYPED = 10;
const PAUSE_MS = 120;

/** A dialogue of so many replies as JSON, and where its last reply ends. */
function dialogue(tokenizer, replies, total = DIALOGUE_BYTES) {
  const { line } = writer(tokenizer, 7);
  const messages = [];
  const text = (bytes) => {
    let said = "";
    while (Buffer.byteLength(said) < bytes) said += line();
    return said.trim();
  };
  for (let reply = 0; reply < replies; reply++) {
    messages.push({ role: "user", content: text(80) }, { role: "assistant", content: text(total / replies - 80) });
  }
  const json = JSON.stringify(messages, null, 2);
  return { json, end: json.lastIndexOf('"') };
}

/** Runs in the page before anything of it: notes when things first happen, in ms since the navigation. */
function watchTheStart() {
  const marks = (window.marks = {});
  let loading = false;
  const paint = (name) => {
    marks[name] ??= -1;
    requestAnimationFrame(() => {
      if (marks[name] < 0) marks[name] = performance.now();
    });
  };
  const look = () => {
    const bar = document.querySelector("progress");
    if (bar) loading = true;
    else if (loading) marks.tokenizer ??= performance.now();
    if (document.querySelector("section.sample [data-token]") && marks.samples === undefined) paint("samples");
    if (document.documentElement?.dataset.state === "ready") marks.ready ??= performance.now();
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-state"] });
}

/** Runs in the page: notes for the next input event when the last sample has changed and when all is done. */
function watchOneKey() {
  const last = () => [...document.querySelectorAll("section.sample")].at(-1);
  last().scrollIntoView({ block: "end" });
  window.key = {};
  const box = document.querySelector("#dialogue");
  box.addEventListener("input", (event) => {
    const { key } = window;
    const start = event.timeStamp;
    const sample = new MutationObserver((changes) => {
      if (!changes.some(({ target }) => last()?.contains(target))) return;
      sample.disconnect();
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        // A message from within a frame comes when that frame is drawn.
        port1.onmessage = () => (key.samples = performance.now() - start);
        port2.postMessage(0);
      });
    });
    sample.observe(document.querySelector("#samples"), { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["data-id"] });
    const state = new MutationObserver(() => {
      if (document.documentElement.dataset.state === "ready") {
        key.ready = performance.now() - start;
        state.disconnect();
      }
    });
    state.observe(document.documentElement, { attributes: true, attributeFilter: ["data-state"] });
  }, { once: true, capture: true });
}

const ready = (page) => page.waitForFunction(() => document.documentElement.dataset.state === "ready");
const settled = async (page) => {
  await page.waitForTimeout(400);
  await ready(page);
};

async function start(context) {
  const page = await context.newPage();
  await page.addInitScript(watchTheStart);
  await page.goto(new URL("?lang=en", SITE).href);
  await ready(page);
  await page.waitForFunction(() => window.marks.samples > 0);
  return { page, marks: await page.evaluate(() => window.marks) };
}

async function typing(page, { json, end }) {
  await page.locator("#dialogue").fill(json);
  await settled(page);
  await page.evaluate((end) => {
    [...document.querySelectorAll("section.sample")].at(-1).scrollIntoView({ block: "end" });
    const box = document.querySelector("#dialogue");
    box.focus({ preventScroll: true });
    box.setSelectionRange(end, end);
  }, end);
  await settled(page);
  const before = await page.evaluate(() => ({
    nodes: document.querySelectorAll("*").length,
    tokens: [...document.querySelectorAll("section.sample")].at(-1).querySelector(".n").textContent,
  }));
  const keys = [];
  for (let run = 0; run < RUNS; run++) {
    await page.evaluate(watchOneKey);
    // Another character each time, so that the ids change each time.
    await page.keyboard.type("x7q春?"[run % 5]);
    for (const what of ["samples", "ready"]) {
      await page
        .waitForFunction((what) => window.key[what] !== undefined, what, { timeout: 10_000 })
        .catch(() => Promise.reject(new Error(`keystroke ${run + 1}: nothing seen of "${what}"`)));
    }
    keys.push(await page.evaluate(() => window.key));
    await settled(page);
  }
  const longest = [];
  for (let run = 0; run < RUNS; run++) {
    await page.evaluate(() => {
      window.tasks = [];
      window.observer = new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((entry) => entry.duration)));
      window.observer.observe({ type: "longtask" });
    });
    await page.keyboard.type("abcdefghij".slice(0, TYPED), { delay: PAUSE_MS });
    await settled(page);
    longest.push(await page.evaluate(() => {
      window.observer.disconnect();
      return Math.max(0, ...window.tasks);
    }));
  }
  return {
    tokens: before.tokens,
    nodes: [before.nodes],
    keystroke: keys.map(({ samples }) => samples),
    ready: keys.map(({ ready }) => ready),
    longTask: longest,
  };
}

/** Runs in the page: scrolls through it and notes when each frame began. */
const scroll = (page) =>
  page.evaluate(
    (budget) =>
      new Promise((done) => {
        const [frames, start] = [[], performance.now()];
        let [last, most] = [0, 0];
        scrollTo(0, 0);
        const frame = (now) => {
          if (last) frames.push(now - last);
          last = now;
          // Counting costs some time itself.
          if (frames.length % 20 === 0) most = Math.max(most, document.querySelectorAll("*").length);
          scrollBy(0, 100);
          if (now - start < budget) requestAnimationFrame(frame);
          else done({ frames, most, pixels: scrollY });
        };
        requestAnimationFrame(frame);
      }),
    SCROLLED_MS,
  );

/** Opens a view, and notes how long a message of the page to itself waited at most until it was there. */
async function view(page, name) {
  await page.evaluate(() => {
    window.late = 0;
    let sent = performance.now();
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      window.late = Math.max(window.late, performance.now() - sent);
      sent = performance.now();
      setTimeout(() => ((sent = performance.now()), port2.postMessage(0)), 10);
    };
    port2.postMessage(0);
  });
  const start = performance.now();
  await page.locator(`#tab-${name}`).click();
  await page.waitForTimeout(100);
  await page.waitForFunction(() => document.documentElement.dataset.state === "ready", null, { timeout: 60_000 });
  const took = performance.now() - start;
  await page.waitForTimeout(300);
  return page.evaluate((took) => ({ took, late: window.late, nodes: document.querySelectorAll("*").length }), took);
}

/** A large dialogue: scrolled through in Samples, and opened in the other views. */
async function large(page, { json }) {
  await page.locator("#dialogue").fill(json);
  await settled(page);
  const tokens = await page.getByRole("status", { name: "Summary", exact: true }).innerText();
  // What the paste left behind is swept up first.
  await page.waitForTimeout(1_000);
  const { frames, most, pixels } = await scroll(page);
  const time = frames.reduce((sum, frame) => sum + frame, 0);
  const found = { tokens, pixels, nodes: most, rate: (frames.length / time) * 1000, longest: Math.max(...frames), late: frames.filter((frame) => frame > 17).length / frames.length };
  const views = {};
  for (const name of VIEWS) views[name] = await view(page, name);
  return { ...found, views };
}

const served = await servedTokenizer();
const browser = await startBrowser();
const viewport = { width: 1440, height: 900 };
const figures = { cold: [], cached: [], samples: [] };
for (let run = 0; run < RUNS; run++) {
  const context = await browser.newContext({ viewport });
  const first = await start(context);
  figures.cold.push(first.marks.ready);
  if (first.marks.tokenizer !== undefined) figures.samples.push(first.marks.samples - first.marks.tokenizer);
  await first.page.close();
  figures.cached.push((await start(context)).marks.ready);
  await context.close();
}
const shapes = {};
for (const [name, replies] of Object.entries(SHAPES)) {
  const context = await browser.newContext({ viewport });
  const { page } = await start(context);
  try {
    shapes[name] = await typing(page, dialogue(served, replies));
  } catch (error) {
    shapes[name] = { error: error.message.split("\n")[0] };
    process.exitCode = 1;
  }
  await context.close();
}
const larges = {};
for (const [name, [replies, bytes]] of Object.entries(LARGE)) {
  const context = await browser.newContext({ viewport });
  const { page } = await start(context);
  try {
    larges[name] = await large(page, dialogue(served, replies, bytes));
  } catch (error) {
    larges[name] = { error: error.message.split("\n")[0] };
    process.exitCode = 1;
  }
  await context.close();
}
const about = machine(browser);
await browser.close();

if (AS_JSON) {
  console.log(JSON.stringify({ machine: about, start: figures, typing: shapes, large: larges }, null, 2));
} else {
  const row = (name, numbers) => [
    name,
    ...(numbers.length ? [Math.min(...numbers), median(numbers), Math.max(...numbers)].map((n) => n.toFixed(0)) : ["-", "-", "-"]),
  ];
  const rows = [
    ["ms, unless told otherwise", "min", "median", "max"],
    row("navigation to ready, cold", figures.cold),
    row("navigation to ready, cached", figures.cached),
    row("tokenizer there to samples painted", figures.samples),
  ];
  for (const [name, shape] of Object.entries(shapes)) {
    if (shape.error) continue;
    rows.push(
      row(`${name}: keystroke to new samples`, shape.keystroke),
      row(`${name}: keystroke to ready`, shape.ready),
      row(`${name}: longest task while typing (0: below 50)`, shape.longTask),
      row(`${name}: elements on the page (number)`, shape.nodes),
    );
  }
  console.log(`\nmachine  ${about}`);
  for (const [name, { tokens, error }] of Object.entries(shapes)) {
    console.log(`${name}: ${error ?? `the last sample has ${tokens} tokens`}`);
  }
  console.log(`\n${table(rows)}`);
  for (const [name, { error, tokens, pixels, nodes, rate, longest, late, views }] of Object.entries(larges)) {
    if (error) {
      console.log(`\n${name}: ${error}`);
      continue;
    }
    console.log(`\n${name}: ${tokens.replaceAll("\n", " ")}`);
    console.log(
      `  ${pixels} pixels scrolled at ${rate.toFixed(1)} frames a second; longest frame ${longest.toFixed(0)} ms, ` +
        `${(late * 100).toFixed(1)} % over 17 ms; at most ${nodes} elements`,
    );
    for (const [view, { took, late, nodes }] of Object.entries(views)) {
      console.log(`  ${view}: ready after ${took.toFixed(0)} ms, the page busy for at most ${late.toFixed(0)} ms, ${nodes} elements`);
    }
  }
}
