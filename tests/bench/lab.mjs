// The loss lab in Chromium: masked cross-entropy with its gradient, and a training step of both models, in the worker that
// the page uses. `cargo xtask bench loss` has the same natively and beside PyTorch; a training step there is one model's.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const { chromium } = createRequire(`${process.env.LOSSMASK_NODE_MODULES}/`)("playwright-core");
const { args } = JSON.parse(readFileSync(new URL("../../webdriver.json", import.meta.url)))["goog:chromeOptions"];
/** Samples of a step, their length, and the size of the vocabulary: as in xtask/tools/bench_loss.rs. */
const STEPS = [[2, 70, 67], [4, 128, 400], [4, 512, 1000]];

const browser = await chromium.launch({ executablePath: process.env.LOSSMASK_CHROMIUM, args });
const page = await browser.newPage();
await page.goto(process.env.LOSSMASK_URL);
await page.evaluate(() => {
  const worker = new Worker("lab_loader.js?bench");
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

console.log("| what | in Chromium |\n| --- | ---: |");
const { timed } = await ask({ Time: [512, 32768] });
console.log(`| plain pass over 512 × 32768 | ${timed[0].toFixed(2)} ms |`);
console.log(`| cross-entropy and its gradient over the same | ${timed[1].toFixed(2)} ms |`);
for (const [samples, length, vocabulary] of STEPS) {
  const one = (sample) => {
    const input_ids = Array.from({ length }, (_, at) => (at * 7 + sample * 13 + ((at * at) % 11)) % vocabulary);
    // So that every word of the vocabulary occurs.
    for (let at = 0; at < length; at++) if (sample * length + at < vocabulary) input_ids[at] = sample * length + at;
    const row = { input_ids, labels: input_ids, weights: input_ids.map(() => 1), user: input_ids.map(() => false) };
    return { title: { en: "", zh: "" }, row, text: "", held: [], added: [] };
  };
  const material = { ignore_index: -100, own: samples, samples: Array.from({ length: samples }, (_, at) => one(at)) };
  await ask({ Choices: ["en", { steps: "100" }] });
  await ask({ Material: JSON.stringify(material) });
  // The least of many steps, each a frame: what else the machine does then hardly matters.
  let best = Infinity;
  let before = 0;
  await ask("Run");
  for (;;) {
    const { run } = await ask("Frame");
    const spent = run.pace * run.step;
    best = Math.min(best, spent - before);
    before = spent;
    if (!run.running) break;
  }
  console.log(`| training step, ${samples} × ${length} tokens of ${vocabulary}, one model | ${(best / 2).toFixed(2)} ms |`);
}
await browser.close();
