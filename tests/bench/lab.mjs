// The loss lab in Chromium, in the worker that the page uses: masked cross-entropy with its gradient, a training step of one
// model, how soon a pause is heard on the page, and how much memory the worker has taken. `cargo xtask bench loss` has the
// first two natively and beside PyTorch.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const { chromium } = createRequire(`${process.env.LOSSMASK_NODE_MODULES}/`)("playwright-core");
const { args } = JSON.parse(readFileSync(new URL("../../webdriver.json", import.meta.url)))["goog:chromeOptions"];
/** Samples of a step, their length, and the size of the vocabulary: as in xtask/tools/bench_loss.rs. */
const STEPS = [[2, 70, 67], [4, 128, 400], [4, 512, 1000]];
/** The most that the lab takes: its whole batch, its whole context, and as many words as it knows. */
const LARGEST = [16, 512, 8192];
const PAUSES = 20;

const browser = await chromium.launch({ executablePath: process.env.LOSSMASK_CHROMIUM, args });
const page = await browser.newPage();
await page.goto(process.env.LOSSMASK_URL);
await page.evaluate(() => {
  // As the page starts its own.
  const site = new URL("./", document.baseURI).href;
  const lines = `self.site = "${site}"; self.isBench = true; importScripts("${site}lab_loader.js");`;
  const worker = new Worker(URL.createObjectURL(new Blob([lines])));
  const answer = () => new Promise((resolve) => (worker.onmessage = ({ data }) => resolve(typeof data === "string" ? JSON.parse(data) : data)));
  const started = answer();
  globalThis.ask = async (message) => {
    await started;
    const answered = answer();
    worker.postMessage(JSON.stringify(message));
    return answered;
  };
});
const ask = (message) => page.evaluate((message) => globalThis.ask(message), message);

/** Has the worker take up samples of this kind, of which the first half is masked, and start. */
async function run([samples, length, vocabulary], steps) {
  const one = (sample) => {
    const input_ids = Array.from({ length }, (_, at) => (at * 7 + sample * 13 + ((at * at) % 11)) % vocabulary);
    // So that every word of the vocabulary occurs.
    for (let at = 0; at < length; at++) if (sample * length + at < vocabulary) input_ids[at] = sample * length + at;
    const labels = input_ids.map((id, at) => (at < length / 2 ? -100 : id));
    const row = { input_ids, labels, weights: labels.map(() => 1), user: labels.map(() => false) };
    return { title: { en: "", zh: "" }, row, text: "", held: [], added: [] };
  };
  const material = { ignore_index: -100, own: samples, samples: Array.from({ length: samples }, (_, at) => one(at)) };
  await ask({ Choices: ["en", { steps: String(steps) }] });
  await ask({ Material: JSON.stringify(material) });
  await ask("Run");
}

console.log("| what | in Chromium |\n| --- | ---: |");
const { timed } = await ask({ Time: [512, 32768] });
console.log(`| plain pass over 512 × 32768 | ${timed[0].toFixed(2)} ms |`);
console.log(`| cross-entropy and its gradient over the same | ${timed[1].toFixed(2)} ms |`);
for (const sizes of STEPS) {
  // The least of many steps: what else the machine does then hardly matters.
  let best = Infinity;
  let before = 0;
  await run(sizes, 100);
  for (let running = true; running; ) {
    const { run } = await ask("Frame");
    // There is news of the run only when a step is done.
    if (!run) continue;
    const spent = run.pace * run.step;
    best = Math.min(best, spent - before);
    before = spent;
    running = run.running;
  }
  const [samples, length, vocabulary] = sizes;
  console.log(`| training step, ${samples} × ${length} tokens of ${vocabulary}, one model | ${(best / 2).toFixed(2)} ms |`);
}

// Until both models have written: then everything has been done that the worker can do.
await run(LARGEST, 3);
while ((await ask("Frame")).busy);
const benches = await Promise.all(page.workers().map((it) => it.evaluate(() => self.isBench === true)));
const worker = page.workers()[benches.indexOf(true)];
// What it was started with gives its exports again.
const taken = await worker.evaluate(async () => (await wasm_bindgen()).memory.buffer.byteLength);
console.log(`| memory of the worker after steps of 4 × ${LARGEST[1]} tokens of ${LARGEST[2]} | ${(taken / 1e6).toFixed(1)} MB |`);

// On the page itself, with steps that take long: from the press of the button until it says that the run stands.
const words = Array.from({ length: 900 }, (_, at) => `${at * 7919 % 1000}`);
const talk = (at) => [{ role: "user", content: words.slice(at, at + 300).join(" ") }, { role: "assistant", content: words.slice(at + 300, at + 600).join(" ") }];
await page.goto(`${process.env.LOSSMASK_URL}?lang=en`);
await page.getByRole("combobox", { name: "Tokenizer", exact: true }).selectOption("lossmask");
await page.getByRole("textbox", { name: "Dialogue", exact: true }).fill([0, 100, 200, 300].map((at) => JSON.stringify({ messages: talk(at) })).join("\n"));
await page.getByRole("tab", { name: "Loss lab", exact: true }).click();
await page.getByRole("checkbox", { name: "Together with the examples" }).uncheck();
await page.waitForFunction(() => document.querySelector(".legend-run") && !document.querySelector("#lab-go")?.disabled);
const pauses = [];
for (let time = 0; time < PAUSES; time++) {
  await page.locator("#lab-go").click();
  await page.waitForTimeout(300 + 37 * time);
  pauses.push(
    await page.evaluate(
      () =>
        new Promise((resolve) => {
          const button = document.querySelector("#lab-go");
          const [start, words] = [performance.now(), button.innerText];
          new MutationObserver((_, observer) => {
            if (button.innerText === words) return;
            observer.disconnect();
            resolve(performance.now() - start);
          }).observe(button, { childList: true, characterData: true, subtree: true });
          button.click();
        }),
    ),
  );
}
pauses.sort((a, b) => a - b);
const pace = (await page.locator(".lab-count").innerText()).match(/([\d.]+) ms/)[1];
console.log(`| a pause while a step of both models takes ${pace} ms: usually, at most of ${PAUSES} | ${pauses[PAUSES / 2].toFixed(1)} ms, ${pauses.at(-1).toFixed(1)} ms |`);
await browser.close();
