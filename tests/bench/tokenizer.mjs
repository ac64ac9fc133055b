// `cargo xtask bench tokenizer`: lossmask beside the tokenizers for browsers that npm has, in one headless Chromium.
//
// The text is about 1 MB of Chinese and English that _text.mjs makes, the same in every run; the tokenizer is Qwen2.5.
// Each engine runs in a new worker of a new page, one after the other, in three rounds, so that what else the machine
// does at some moment falls on all of them; the medians of the rounds are printed. All times are what a caller on the page waits
// for, from the message with the text to the message with the ids:
//   load   from `new Worker` to a tokenizer that can be asked (all files come from this machine, nothing is cached)
//   cold   the first encoding of the text        warm   the median of 2 to 5 further ones of the same text
// lossmask is its npm package, with the tokenizer as the page is served it. All answer with ids only. tiktoken gets the vocabulary as ranks and the
// pattern of Qwen2.5, and skips the search for special tokens (`encode_ordinary`); the text has none, and is in NFC.
// `--json` or LOSSMASK_JSON=1 prints all the figures; LOSSMASK_ENGINES=lossmask,kitoken measures only these.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AS_JSON, MODULES, SITE, machine, median, servedTokenizer, startBrowser, table } from "./_common.mjs";
import { serve } from "./_serve.mjs";
import { chineseBytes, entries, makeText } from "./_text.mjs";

const TEXT_BYTES = 1_000_000;
const ROUNDS = 3;
const WARM_RUNS = 5;
/** An engine that is slow gets fewer warm runs, at least two. */
const WARM_BUDGET_MS = 5_000;
const ALL = ["lossmask", "@huggingface/tokenizers", "tiktoken", "kitoken"];
const ENGINES = process.env.LOSSMASK_ENGINES?.split(",") ?? ALL;

/** The tokenizer as its makers ship it: what lossmask's own file leaves out is put back for the other engines. */
function standard(served) {
  const { lossmask, ...tokenizer } = structuredClone(served);
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false };
  const steps = tokenizer.pre_tokenizer.pretokenizers;
  if (steps && !steps.some((step) => step.type === "ByteLevel")) steps.push(byteLevel);
  tokenizer.post_processor ??= byteLevel;
  delete tokenizer.model.byte_level;
  return tokenizer;
}

/** The tokenizer as tiktoken wants it: `! first-rank base64 base64 …`, special tokens apart, and the pattern. */
function ranks(served) {
  const words = entries(served).map((bytes) => bytes.toString("base64"));
  const split = served.pre_tokenizer.pretokenizers.find((step) => step.type === "Split");
  return {
    ranks: `! 0 ${words.join(" ")}`,
    special: Object.fromEntries(served.added_tokens.map(({ content, id }) => [content, id])),
    pattern: split.pattern.Regex,
  };
}

function version(name) {
  if (name === "lossmask") return /^version = "(.*)"/m.exec(readFileSync(join(import.meta.dirname, "../../Cargo.toml"), "utf8"))[1];
  return JSON.parse(readFileSync(join(MODULES, name, "package.json"), "utf8")).version;
}

const served = await servedTokenizer();
const text = makeText(served, TEXT_BYTES);
const bytes = Buffer.byteLength(text);
const config = await fetch(new URL("tokenizers/qwen2_5.config.json", SITE));
const server = await serve({
  site: SITE,
  modules: MODULES,
  files: {
    "text.txt": text,
    "served.json": JSON.stringify(served),
    "tokenizer.json": JSON.stringify(standard(served)),
    "config.json": config.ok ? await config.text() : "{}",
    "tiktoken.json": JSON.stringify(ranks(served)),
  },
});
const browser = await startBrowser();
const results = ENGINES.map((name) => ({ name, version: version(name), rounds: [] }));
for (let round = 1; round <= ROUNDS; round++) {
  for (const result of results.filter(({ error }) => !error)) {
    const { name, rounds } = result;
    if (!AS_JSON) console.error(`round ${round}: ${name}`);
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.addScriptTag({ url: "/bench/_drive.mjs", type: "module" });
    await page.waitForFunction(() => window.measure);
    try {
      const { ids, ...figures } = await page.evaluate((what) => window.measure(what), {
        name,
        runs: WARM_RUNS,
        budget: WARM_BUDGET_MS,
      });
      result.ids ??= ids;
      rounds.push(figures);
    } catch (error) {
      result.error = error.message.split("\n")[0].replace(/^page\.evaluate: /, "");
    }
    await page.close();
  }
}
const about = {
  text: {
    bytes,
    characters: [...text].length,
    lines: text.split("\n").length - 1,
    chinese: chineseBytes(text) / bytes,
    sha256: createHash("sha256").update(text).digest("hex"),
  },
  machine: machine(browser),
};
await browser.close();
server.close();

const speed = (milliseconds) => bytes / 1000 / milliseconds;
const own = results.find(({ name }) => name === "lossmask") ?? { error: "not asked for" };
for (const result of results.filter(({ error }) => !error)) {
  const { rounds } = result;
  result.load = median(rounds.map(({ load }) => load));
  result.coldSpeed = speed(median(rounds.map(({ cold }) => cold.waited)));
  result.warmSpeed = speed(median(rounds.flatMap(({ warm }) => warm.map(({ waited }) => waited))));
  result.steady = rounds.every(({ steady }) => steady);
  result.tokens = result.ids.length;
  if (!own.error) {
    const longest = Math.max(result.tokens, own.tokens);
    const first = Array.from({ length: longest }).findIndex((_, k) => result.ids[k] !== own.ids[k]);
    result.firstDifference = first < 0 ? null : first;
    result.coldRatio = own.coldSpeed / result.coldSpeed;
    result.warmRatio = own.warmSpeed / result.warmSpeed;
  }
}
// Kept until here: the other engines are compared with lossmask's.
results.forEach((result) => delete result.ids);

if (AS_JSON) {
  console.log(JSON.stringify({ ...about, engines: results }, null, 2));
} else {
  const times = (ratio) => (ratio === undefined ? "-" : `${ratio.toFixed(1)}x`);
  const same = ({ firstDifference, steady }) =>
    (firstDifference === undefined ? "-" : firstDifference === null ? "equal" : `differ at ${firstDifference}`) +
    (steady ? "" : ", not steady");
  const rows = results.map((result) => {
    const name = `${result.name} ${result.version}`;
    if (result.error) return [name, "-", "-", "-", "-", "-", "-", "-"];
    const { load, coldSpeed, warmSpeed, tokens, coldRatio, warmRatio } = result;
    return [name, load.toFixed(0), coldSpeed.toFixed(2), warmSpeed.toFixed(2), tokens, same(result), times(coldRatio), times(warmRatio)];
  });
  const { text } = about;
  console.log(`
text     ${text.bytes} bytes, ${text.characters} characters, ${text.lines} lines, ${(100 * text.chinese).toFixed(0)} % of the bytes Chinese (sha256 ${text.sha256.slice(0, 12)})
machine  ${about.machine}

${table([["", "load ms", "cold MB/s", "warm MB/s", "tokens", "ids", "cold: lossmask is", "warm: lossmask is"], ...rows])}

Times are what a caller on the page waits for. lossmask's include offsets; the others give ids only.`);
  for (const { name, error } of results) if (error) console.log(`${name}: ${error}`);
}
process.exitCode = results.some(({ error }) => error) ? 1 : 0;
