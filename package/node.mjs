// For Node, which reads the wasm file from disk.
import { readFileSync } from "node:fs";
import { initSync } from "./lossmask.js";

initSync({ module: readFileSync(new URL("./lossmask_bg.wasm", import.meta.url)) });
export { analyze, compile, encode, encodeIds, loadTokenizer, parse, recipes, render, templates } from "./lossmask.js";
