// `cargo xtask bench template`: lossmask's templates beside `@huggingface/jinja`, in one headless Chromium.
//
// Three things are timed, and the output says of each what is in it:
//
// - warm, the main one: a template that both have read, messages that are JavaScript objects in, the text out. lossmask's
//   `compile(…).render(messages)` writes the messages as JSON, copies that into wasm, reads it, renders, and copies the text
//   back; `@huggingface/jinja` stays in JavaScript, where the strings need no copy. One character of the text is read, since
//   JavaScript otherwise puts off joining it. `moved` is what of lossmask's time goes into JSON and copies alone.
// - cold: a template that neither has seen is read and renders once.
// - with places: lossmask's `render(request)`, which reads the dialogue as text, and tells the spans of
//   `{% generation %}` and what is wrong. The other has nothing like it.
//
// Both run the same texts in turn, in the page's own thread; the least of several rounds is printed, each of many renders.
// Templates that the other can't run are said to be so. `--json` or LOSSMASK_JSON=1 prints all the figures.
import { AS_JSON, MODULES, machine, startBrowser, table } from "./_common.mjs";
import { serve } from "./_serve.mjs";

const ROUNDS = 60;
/** Milliseconds of one round: so short that some are not disturbed by what else the machine does. */
const ROUND_MS = 8;
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
      for (let time = 0; time < 4; time++) once();
      count += 4;
    }
    return (performance.now() - start) / count;
  };
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const memory = new Uint8Array(1 << 20);
  const rows = [];
  for (const name of names) {
    const { source } = lossmask.templates().find(({ id }) => id === name);
    for (const [shape, messages] of Object.entries(shapes)) {
      const now = "2026-01-31T09:05:07";
      const dialogue = JSON.stringify(messages);
      const compiled = lossmask.compile(name);
      const ours = (template) => template.render(messages, { now, variables: special });
      // It brings `raise_exception` and a clock of its own.
      const theirs = (template) => template.render({ ...special, messages });
      let parsed;
      try {
        parsed = new jinja.Template(source);
        theirs(parsed);
      } catch (error) {
        rows.push({ name, shape, fails: String(error.message ?? error).slice(0, 60) });
        continue;
      }
      const text = ours(compiled);
      const bytes = encoder.encode(text);
      let [count, read] = [0, 0];
      const runs = {
        warm: () => (read += ours(compiled).charCodeAt(1)),
        otherWarm: () => (read += theirs(parsed).charCodeAt(1)),
        moved: () => {
          encoder.encodeInto(JSON.stringify([messages, { now, variables: special }]), memory);
          read += decoder.decode(bytes).charCodeAt(1);
        },
        cold: () => {
          const template = lossmask.compile(`${source}{# ${count++} #}`);
          read += ours(template).charCodeAt(1);
          template.free();
        },
        otherCold: () => (read += theirs(new jinja.Template(`${source}{# ${count++} #}`)).charCodeAt(1)),
        places: () => (read += lossmask.render({ dialogue, template: name, now, variables: special })[0].text.charCodeAt(1)),
      };
      const least = Object.fromEntries(Object.keys(runs).map((run) => [run, Infinity]));
      for (let round = 0; round < rounds; round++) {
        for (const [run, once] of Object.entries(runs)) least[run] = Math.min(least[run], perRender(once));
      }
      rows.push({ name, shape, ...least, same: text === theirs(parsed), read });
      compiled.free();
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
    const ms = (time) => (time === undefined ? "–" : `${time.toFixed(4)} ms`);
    const times = (ours, theirs) => (ours === undefined ? "–" : (theirs / ours).toFixed(1));
    console.log(`\n${machine(browser)}`);
    console.log("\nwarm: objects in, text out, the template read before. lossmask copies the messages into wasm as JSON and the text back (moved)");
    console.log(
      table([
        ["template, conversation", "lossmask", "of which moved", "@huggingface/jinja", "times as fast", "same text"],
        ...rows.map((row) => [`${row.name}, ${row.shape}`, ms(row.warm), ms(row.moved), ms(row.otherWarm), times(row.warm, row.otherWarm), row.fails ?? (row.same ? "yes" : "no")]),
      ]),
    );
    console.log("\ncold: a new template read and rendered once; with places: lossmask's render(), from a dialogue's text to text, spans and findings");
    console.log(
      table([
        ["template, conversation", "lossmask, cold", "@huggingface/jinja, cold", "times as fast", "lossmask, with places"],
        ...rows.filter((row) => !row.fails).map((row) => [`${row.name}, ${row.shape}`, ms(row.cold), ms(row.otherCold), times(row.cold, row.otherCold), ms(row.places)]),
      ]),
    );
  }
} finally {
  await browser.close();
  server.close();
}
