// `cargo xtask bench recipes`: every recipe natively, and here the same in one headless Chromium.
//
// All times are those of a call of the npm package, with the answer as JavaScript values; the least of several, each over other
// words, so that nothing that is remembered of a text counts. `--json` or LOSSMASK_JSON=1 prints all the figures.
import { AS_JSON, MODULES, SITE, machine, servedTokenizer, startBrowser, table } from "./_common.mjs";
import { serve } from "./_serve.mjs";

const SHORT_RUNS = 20;
const LONG_RUNS = 2;
/** Turns, and words of each, that make about 100,000 tokens of Qwen2.5's. */
const LONG = { turns: 10, words: 2_650 };
const SHORT = { turns: 2, words: 12 };

/** Runs in the page: the least time of each, in ms, and the tokens of the longest sample. */
async function measure({ short, long, shortRuns, longRuns }) {
  const { analyze, loadTokenizer, recipes: all } = await import("/package/index.mjs");
  const tokenizer = "qwen2_5";
  loadTokenizer(tokenizer, { tokenizer: await (await fetch("/data/served.json")).text() });
  const recipes = all().map(({ id }) => id);
  const words = ["summer", "river", "夏天", "the", "poem of", "stars,", "write", "一首诗。"];
  const dialogue = (run, { turns, words: count }) => {
    let at = run * 31 + 7;
    const text = () => {
      let said = `${run}`;
      for (let word = 0; word < count; word++) {
        at = (Math.imul(at, 1_103_515_245) + 12_345) & 0x7fffffff;
        said += ` ${words[(at >> 16) & 7]}`;
      }
      return said;
    };
    const messages = [];
    for (let turn = 0; turn < turns; turn++) messages.push({ role: "user", content: text() }, { role: "assistant", content: text() });
    return JSON.stringify(messages);
  };
  const ask = (recipe, shape, run) => {
    const request = { dialogue: dialogue(run, shape), template: "chatml", tokenizer, recipe, now: "2026-01-31T09:05:07" };
    const start = performance.now();
    const { samples } = analyze(request);
    return [performance.now() - start, Math.max(0, ...samples.map(({ input_ids }) => input_ids.length))];
  };
  const least = (runs, once) => {
    let [least, tokens] = [Infinity, 0];
    for (let run = 0; run <= runs; run++) {
      const [time, found] = once(run);
      if (run) [least, tokens] = [Math.min(least, time), Math.max(tokens, found)];
    }
    return { least, tokens };
  };
  const rows = recipes.map((recipe) => ({
    recipe,
    short: least(shortRuns, (run) => ask(recipe, short, run)),
    long: least(longRuns, (run) => ask(recipe, long, run)),
  }));
  const together = (run) => recipes.map((recipe) => ask(recipe, short, run + 1000)[0]).reduce((sum, time) => sum + time, 0);
  return { rows, all: least(shortRuns, (run) => [together(run), 0]) };
}

const browser = await startBrowser();
const server = await serve({ site: SITE, modules: MODULES, files: { "served.json": JSON.stringify(await servedTokenizer()) } });
try {
  const page = await browser.newPage();
  await page.goto(server.url);
  const found = await page.evaluate(`(${measure})(${JSON.stringify({ short: SHORT, long: LONG, shortRuns: SHORT_RUNS, longRuns: LONG_RUNS })})`);
  const ms = (figure) => `${figure.least.toFixed(1)} ms`;
  if (AS_JSON) console.log(JSON.stringify(found, null, 2));
  else {
    console.log(`\nIn the browser, ${machine(browser)}`);
    console.log(table([["recipe", "4 messages", "long conversation", "tokens of its longest sample"], ...found.rows.map((row) => [row.recipe, ms(row.short), ms(row.long), row.long.tokens])]));
    console.log(`all ${found.rows.length} recipes on 4 messages: ${ms(found.all)}`);
  }
} finally {
  await browser.close();
  server.close();
}
