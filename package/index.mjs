// For browsers and whatever bundles for them: the wasm file lies beside this one and is fetched once.
import init from "./lossmask.js";

await init();
export { analyze, compile, encode, encodeIds, loadTokenizer, parse, recipes, render, templates } from "./lossmask.js";
