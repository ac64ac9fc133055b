// `cargo xtask bench template`: lossmask's templates beside `@huggingface/jinja`, in one headless Chromium.
//
// The npm package of lossmask renders, as a program on a page would have it render: the dialogue is read, the messages are
// prepared, and the text comes back with the spans of `{% generation %}`. `@huggingface/jinja` gets messages that are objects
// already, and a template that it has parsed. Both run the same texts in turn, in the page's own thread; the least of several
// rounds is printed, each of many renders. Templates that the other can't run are said to be so. `--json` or LOSSMASK_JSON=1
// prints all the figures.
import { AS_JSON, MODULES, machine, startBrowser, table } from "./_common.mjs";
import { serve } from "./_serve.mjs";

const ROUNDS = 7;
/** Milliseconds that one round of one engine takes. */
const ROUND_MS = 120;
const NAMES = ["chatml", "qwen2.5", "qwen3", "llama-3", "mistral-v7", "gemma-3", "deepseek-v3", "gpt-oss", "command-r"];

/** Runs in the page. */
async function measure({ names, rounds, roundMs }) {
  const lossmask = await import("/package/index.mjs");
  const jinja = await import("/npm/@huggingface/jinja/dist/index.js");
  const special = { bos_token: "<s>", eos_token: "</s>" };
  const talk = (turns, words) => {
    const messages = [];
    for (let turn = 0; turn < turns; turn++) {
      const text = (said) => Array.from({ length: words }, (_, word) => `${said}${turn}.${word}`).join(" ");
      messages.push({ role: "user", content: text("w") }, { role: "assistant", content: text("诗") });
    }
    return messages;
  };
  const shapes = { "4 messages": talk(2, 12), "40 messages": talk(20, 60) };
  const perRender = (once) => {
    let count = 0;
    const start = performance.now();
    while (performance.now() - start < roundMs) {
      once();
      count++;
    }
    return (performance.now() - start) / count;
  };
  const rows = [];
  for (const name of names) {
    const { source } = lossmask.templates().find(({ id }) => id === name);
    for (const [shape, messages] of Object.entries(shapes)) {
      const dialogue = JSON.stringify(messages);
      const ours = () => lossmask.render({ dialogue, template: name, now: "2026-01-31T09:05:07", variables: special })[0].text;
      let theirs;
      try {
        // It brings `raise_exception` and a clock of its own.
        const template = new jinja.Template(source);
        theirs = () => template.render({ ...special, messages });
        theirs();
      } catch (error) {
        rows.push({ name, shape, fails: String(error.message ?? error).slice(0, 60) });
        continue;
      }
      const same = ours() === theirs();
      let [least, other] = [Infinity, Infinity];
      for (let round = 0; round < rounds; round++) {
        least = Math.min(least, perRender(ours));
        other = Math.min(other, perRender(theirs));
      }
      rows.push({ name, shape, ours: least, theirs: other, same });
    }
  }
  return rows;
}

const browser = await startBrowser();
const server = await serve({ site: "http://127.0.0.1/", modules: MODULES, files: {} });
try {
  const page = await browser.newPage();
  await page.goto(server.url);
  const rows = await page.evaluate(`(${measure})(${JSON.stringify({ names: NAMES, rounds: ROUNDS, roundMs: ROUND_MS })})`);
  if (AS_JSON) console.log(JSON.stringify(rows, null, 2));
  else {
    const ms = (time) => (time === undefined ? "–" : `${time.toFixed(3)} ms`);
    console.log(`\n${machine(browser)}`);
    console.log(
      table([
        ["template, conversation", "lossmask", "@huggingface/jinja", "times as fast", "same text"],
        ...rows.map((row) => [`${row.name}, ${row.shape}`, ms(row.ours), ms(row.theirs), row.fails ? "–" : (row.theirs / row.ours).toFixed(1), row.fails ?? (row.same ? "yes" : "no")]),
      ]),
    );
  }
} finally {
  await browser.close();
  server.close();
}
