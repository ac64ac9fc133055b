// Runs in the benchmark's page: drives one engine's worker, and takes the time that a caller on the page waits for.

/** A worker whose next answer can be awaited; `read` gives undefined for what is no answer. */
function talk(worker, read) {
  let waiting;
  worker.onmessage = ({ data }) => {
    const answer = read(data);
    if (answer?.error) waiting?.reject(new Error(answer.error));
    else if (answer !== undefined) waiting?.resolve(answer);
  };
  worker.onerror = (event) => waiting?.reject(new Error(event.message || "the worker could not be started"));
  return (message, patience, what) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer to ${what} in ${patience / 1000} s`)), patience);
      const end = (settle) => (value) => (clearTimeout(timer), settle(value));
      waiting = { resolve: end(resolve), reject: end(reject) };
      if (message !== undefined) worker.postMessage(message);
    });
}

async function engine(name) {
  const ask = talk(new Worker("/bench/_engines.mjs", { type: "module" }), (data) => data);
  await ask({ load: name }, 120_000, "load");
  return (text) => ask({ text }, 300_000, "encode");
}

/** Loads an engine, encodes the text once, and again until `runs` or `budget` milliseconds are used up. */
window.measure = async ({ name, runs, budget }) => {
  const text = await (await fetch("/data/text.txt")).text();
  const start = performance.now();
  const encode = await engine(name);
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
