// The text of the benchmarks: Chinese and English as lines of prose, some code and numbers, always the same.
//
// Words are drawn from the tokenizer's own vocabulary, whose order is roughly that of frequency, by Zipf's law: few
// words are common and most are rare, as in any language, so that remembering words helps an engine as much as it does
// on real text. One English word in six is lengthened to one that is no token. Chinese words stand in clauses without
// spaces, which hardly ever repeat. Between them stand sentences of our own examples, code and numbers.
// A seeded generator makes every choice; Math.random and the clock are not used.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const EXAMPLES = join(import.meta.dirname, "../../src/examples");
const CHINESE_SHARE = 0.28;

/** Numbers from 0 to 1, always the same for a seed (mulberry32). */
export function seeded(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** For each character of the byte-level alphabet the byte that it stands for. */
export function byteLevelAlphabet() {
  const bytes = new Map();
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    const shown = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    bytes.set(String.fromCharCode(shown ? byte : next++), byte);
  }
  return bytes;
}

/** The bytes of each entry of a byte-level vocabulary, in the order of the ids. */
export function entries(tokenizer) {
  const alphabet = byteLevelAlphabet();
  const list = [];
  for (const [token, id] of Object.entries(tokenizer.model.vocab)) {
    list[id] = Buffer.from(Array.from(token, (character) => alphabet.get(character)));
  }
  return list;
}

function ownSentences() {
  const found = new Set();
  const collect = (value) => {
    if (typeof value === "string") {
      for (const sentence of value.match(/[^.!?。！？\n]+[.!?。！？]?/gu) ?? []) {
        // Invisible characters and decomposed ones are other tests' matter; added tokens would be cut out.
        const plain = sentence.trim();
        if (plain.length > 8 && !/[<>\p{C}]/u.test(plain) && plain === plain.normalize("NFC")) found.add(plain);
      }
    } else if (value && typeof value === "object") {
      Object.values(value).forEach(collect);
    }
  };
  for (const name of readdirSync(EXAMPLES).filter((name) => name.endsWith(".json")).sort()) {
    try {
      collect(JSON.parse(readFileSync(join(EXAMPLES, name), "utf8")));
    } catch {
      // An example may be broken on purpose.
    }
  }
  return [...found];
}

/** Writes lines from a tokenizer's vocabulary; `line()` gives the next one, with its end. */
export function writer(tokenizer, seed) {
  const random = seeded(seed);
  const words = { english: [], tails: [], chinese: [] };
  for (const bytes of entries(tokenizer)) {
    const word = bytes?.toString("utf8") ?? "";
    if (/^ [A-Za-z][a-z]+$/.test(word)) words.english.push(word.slice(1));
    else if (/^[a-z]{3,6}$/.test(word)) words.tails.push(word);
    else if (/^\p{Script=Han}+$/u.test(word)) words.chinese.push(word.normalize("NFC"));
  }
  const sentences = ownSentences();
  const below = (n) => Math.floor(random() * n);
  const any = (list) => list[below(list.length)];
  const zipf = (list) => list[Math.floor(Math.exp(random() * Math.log(list.length + 1))) - 1];
  const many = (from, to, one) => Array.from({ length: from + below(to - from + 1) }, one);

  const word = () => zipf(words.english) + (below(6) ? "" : zipf(words.tails));
  const number = () => (below(2) ? `${below(10_000)}` : `${below(1000)}.${below(100)}`);
  const english = () => {
    const sentence = () => {
      const said = many(5, 18, () => (below(25) ? word() : number()) + (below(9) ? "" : any([",", ",", ";", ":", "'s"])));
      const text = said.join(" ").replace(/[,;:]$/, "");
      return text[0].toUpperCase() + text.slice(1) + any([".", ".", ".", "?", "!"]);
    };
    return many(1, 4, sentence).join(" ");
  };
  const chinese = () => {
    const clause = () => many(2, 7, () => (below(30) ? zipf(words.chinese) : number())).join("");
    const sentence = () => many(1, 3, clause).join(any(["，", "，", "、", "；"])) + any(["。", "。", "。", "？", "！"]);
    return many(1, 4, sentence).join("");
  };
  const code = () => {
    const name = () => many(1, 2, word).join("_").toLowerCase();
    return any([
      () => `    if ${name()}[${below(100)}] == ${number()}: return ${name()}(${name()}, "${word()}")`,
      () => `const ${name()} = { ${name()}: ${number()}, ${name()}: [${number()}, ${number()}] };`,
      () => `\tfor (let i = 0; i < ${number()}; i++) { ${name()} += ${name()}[i]; }  // ${word()} ${word()}`,
    ])();
  };

  let total = 0;
  let inChinese = 0;
  const line = () => {
    const kind = below(20);
    const wantsChinese = inChinese < CHINESE_SHARE * total;
    let text = wantsChinese ? chinese() : kind < 2 ? code() : english();
    if (kind === 19) text += ` ${any(sentences)}`;
    text += below(8) ? "\n" : "\n\n";
    total += Buffer.byteLength(text);
    inChinese += chineseBytes(text);
    return text;
  };
  return { line };
}

/** How many bytes of a text belong to Chinese characters. */
export function chineseBytes(text) {
  return Buffer.byteLength((text.match(/\p{Script=Han}+/gu) ?? []).join(""));
}

/** A text of about so many bytes, in NFC. */
export function makeText(tokenizer, bytes, seed = 1) {
  const { line } = writer(tokenizer, seed);
  const lines = [];
  for (let total = 0; total < bytes; ) {
    lines.push(line());
    total += Buffer.byteLength(lines.at(-1));
  }
  return lines.join("").normalize("NFC");
}
