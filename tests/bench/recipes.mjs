// `cargo xtask bench recipes`: every recipe natively, and here the same in one headless Chromium, in the page's worker.
//
// All times are those that the page waits for, from the question to the answer; the least of several, each over other words,
// so that nothing that is remembered of a text counts. `--json` or LOSSMASK_JSON=1 prints all the figures.
import { AS_JSON, MODULES, SITE, machine, startBrowser, table } from "./_common.mjs";
import { serve } from "./_serve.mjs";

const SHORT_RUNS = 20;
const LONG_RUNS = 2;
/** Turns, and words of each, that make about 100,000 tokens of Qwen2.5's. */
const LONG = { turns: 10, words: 2_650 };
const SHORT = { turns: 2, words: 12 };

/** Runs in the page: the least time of each, in ms, and the tokens of the longest sample. */
async function measure({ recipes, short, long, shortRuns, longRuns }) {
  const { open } = await import("/bench/_worker.mjs");
  const ask = await open();
  const tokenizer = "qwen2_5";
  await ask({ Load: [tokenizer, `tokenizers/${tokenizer}`] }, "Loaded");
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
  const request = (recipe, dialogue) => ({
    dialogue,
    format: null,
    template: { catalog: "chatml" },
    tokenizer,
    recipe,
    options: [],
    ignore_index: -100,
    now: "2026-01-31T09:05:07",
    variables: [],
    conversation: 0,
  });
  let number = 0;
  const timed = async (message, answer) => {
    const start = performance.now();
    const found = await ask(message, answer);
    return [found, performance.now() - start];
  };
  const least = async (runs, once) => {
    let [least, tokens] = [Infinity, 0];
    for (let run = 0; run <= runs; run++) {
      const [time, found] = await once(run);
      if (run) [least, tokens] = [Math.min(least, time), Math.max(tokens, found)];
    }
    return { least, tokens };
  };
  const analyze = (recipe, shape) => async (run) => {
    const [[, report], took] = await timed({ Analyze: [number++, request(recipe, dialogue(run, shape))] }, "Report");
    const outcomes = report.conversation?.outcomes ?? [];
    // Numbers cross as bytes, four an id; a sample that did not change is not there again.
    return [took, Math.max(0, ...outcomes.map((outcome) => (outcome.Sample?.ids.byteLength ?? 0) / 4))];
  };
  const rows = [];
  for (const recipe of recipes) {
    rows.push({ recipe, short: await least(shortRuns, analyze(recipe, short)), long: await least(longRuns, analyze(recipe, long)) });
  }
  const asked = recipes.map((recipe) => ({ recipe, options: [], sample: null }));
  const all = await least(shortRuns, async (run) => {
    const [, took] = await timed({ Compare: [number++, [request("", dialogue(run, short)), asked]] }, "Compared");
    return [took, 0];
  });
  return { rows, all };
}

const browser = await startBrowser();
const server = await serve({ site: SITE, modules: MODULES, files: {} });
try {
  const page = await browser.newPage();
  await page.goto(`${SITE}?lang=en`);
  const picker = page.getByRole("combobox", { name: "Recipe", exact: true });
  await picker.waitFor();
  const recipes = await picker.locator("option").evaluateAll((options) => options.map((option) => option.value));
  await page.goto(server.url);
  const found = await page.evaluate(`(${measure})(${JSON.stringify({ recipes, short: SHORT, long: LONG, shortRuns: SHORT_RUNS, longRuns: LONG_RUNS })})`);
  const ms = (figure) => `${figure.least.toFixed(1)} ms`;
  if (AS_JSON) console.log(JSON.stringify(found, null, 2));
  else {
    console.log(`\nIn the page's worker, ${machine(browser)}`);
    console.log(table([["recipe", "4 messages", "long conversation", "tokens of its longest sample"], ...found.rows.map((row) => [row.recipe, ms(row.short), ms(row.long), row.long.tokens])]));
    console.log(`all ${recipes.length} recipes on 4 messages, as the view Compare runs them: ${ms(found.all)}`);
  }
} finally {
  await browser.close();
  server.close();
}
