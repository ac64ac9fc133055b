// Runs in the benchmark's page: lossmask's own worker, by the messages that the page sends to it (src/app/wire/).

/** A worker whose next answer can be awaited; `read` gives undefined for what is no answer. */
export function talk(worker, read) {
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

/** Starts the worker of the built page. What it gives sends a message, and waits for an answer of that kind. */
export async function open() {
  const worker = new Worker("/site/worker_loader.js");
  let wanted = "WorkerLoaded";
  const ask = talk(worker, (data) => {
    if (data === wanted) return data;
    const [kind, value] = Object.entries(data?.ProcessOutput?.[1] ?? {})[0] ?? [];
    if (kind === "Failed") return { error: value[1].message.en };
    if (kind === "Died") return { error: value };
    return kind === wanted ? value : undefined;
  });
  await ask(undefined, 60_000, "the start of the worker");
  worker.postMessage({ Connected: 0 });
  return (message, answer) => {
    wanted = answer;
    return ask({ ProcessInput: [0, message] }, 120_000, `${Object.keys(message)[0]} (an older build may not know it)`);
  };
}
