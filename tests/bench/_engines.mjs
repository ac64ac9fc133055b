// The worker in which the engines from npm run: `{load: NAME}` answers `{loaded: true}`, `{text}` answers
// `{ids, inside}`: a Uint32Array, and the milliseconds within the worker.
const json = async (name) => (await fetch(`/data/${name}`)).json();

/** For each engine a function that loads it and gives its `encode`. */
const engines = {
  async lossmask() {
    const { encodeIds, loadTokenizer } = await import("/package/index.mjs");
    loadTokenizer("bench", { tokenizer: await (await fetch("/data/served.json")).text() });
    return (text) => encodeIds(text, "bench");
  },
  async "@huggingface/tokenizers"() {
    const { Tokenizer } = await import("/npm/@huggingface/tokenizers/dist/tokenizers.min.mjs");
    const tokenizer = new Tokenizer(await json("tokenizer.json"), await json("config.json"));
    return (text) => Uint32Array.from(tokenizer.encode(text, { add_special_tokens: false }).ids);
  },
  async tiktoken() {
    const { init, Tiktoken } = await import("/npm/tiktoken/lite/init.js");
    await init((imports) => WebAssembly.instantiateStreaming(fetch("/npm/tiktoken/lite/tiktoken_bg.wasm"), imports));
    const { ranks, special, pattern } = await json("tiktoken.json");
    const encoding = new Tiktoken(ranks, special, pattern);
    return (text) => encoding.encode_ordinary(text);
  },
  async kitoken() {
    const { default: init, Kitoken } = await import("/npm/kitoken/dist/web.js");
    await init();
    const bytes = await (await fetch("/data/tokenizer.json")).arrayBuffer();
    const encoder = Kitoken.from_tokenizers(new Uint8Array(bytes));
    return (text) => encoder.encode(text, true);
  },
};

let encode;
onmessage = async ({ data }) => {
  try {
    if (data.load) {
      encode = await engines[data.load]();
      postMessage({ loaded: true });
    } else {
      const start = performance.now();
      const ids = encode(data.text);
      postMessage({ ids, inside: performance.now() - start }, [ids.buffer]);
    }
  } catch (error) {
    postMessage({ error: String(error?.stack ?? error) });
  }
};
