// Runs in the benchmark's page: drives one engine's worker, and takes the time that a caller on the page waits for.
import { open, talk } from "/bench/_worker.mjs";

async function fromNpm(name) {
  const ask = talk(new Worker("/bench/_engines.mjs", { type: "module" }), (data) => data);
  await ask({ load: name }, 120_000, "load");
  return (text) => ask({ text }, 300_000, "encode");
}

async function lossmask() {
  const TOKENIZER = "qwen2_5";
  const ask = await open();
  await ask({ Load: [TOKENIZER, `tokenizers/${TOKENIZER}`] }, "Loaded");
  let number = 0;
  return async (text) => {
    const [, view, inside] = await ask({ Encode: [number++, TOKENIZER, text] }, "Encoded");
    if (view.error) throw new Error(view.error.message.en);
    return { ids: new Uint32Array(view.ids.slice().buffer), inside };
  };
}

/** Loads an engine, encodes the text once, and again until `runs` or `budget` milliseconds are used up. */
window.measure = async ({ name, runs, budget }) => {
  const text = await (await fetch("/data/text.txt")).text();
  const start = performance.now();
  const encode = await (name === "lossmask" ? lossmask() : fromNpm(name));
  const load = performance.now() - start;
  const timed = async () => {
    const start = performance.now();
    const { ids, inside } = await encode(text);
    return { ids, inside, waited: performance.now() - start };
  };
  const cold = await timed();
  const warm = [];
  const until = performance.now() + budget;
  while (warm.length < 2 || (warm.length < runs && performance.now() < until)) warm.push(await timed());
  const same = warm.every(({ ids }) => ids.length === cold.ids.length && ids.every((id, k) => id === cold.ids[k]));
  const times = ({ waited, inside }) => ({ waited, inside });
  return { load, cold: times(cold), warm: warm.map(times), steady: same, ids: Array.from(cold.ids) };
};
