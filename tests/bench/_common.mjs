// What the benchmarks share: the browser, the site's tokenizer, numbers and tables.
// They read LOSSMASK_URL (where the built page is, if they need it), LOSSMASK_NODE_MODULES (where npm packages are) and
// LOSSMASK_CHROMIUM (which browser to start); `cargo xtask bench NAME` sets all three.
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

function needed(name) {
  const value = process.env[name];
  if (!value) {
    console.error(`${name} is not set; run \`cargo xtask bench NAME\``);
    process.exit(2);
  }
  return value;
}

/** Where the built page is; nowhere for a benchmark of the npm package. */
export const SITE = process.env.LOSSMASK_URL ? new URL(process.env.LOSSMASK_URL) : null;
export const MODULES = needed("LOSSMASK_NODE_MODULES");
export const CHROMIUM = needed("LOSSMASK_CHROMIUM");
/** Print JSON instead of a table: the flag for this script, the variable through `cargo xtask bench`. */
export const AS_JSON = process.argv.includes("--json") || process.env.LOSSMASK_JSON === "1";

export function startBrowser() {
  const { chromium } = createRequire(join(MODULES, "x.js"))("playwright-core");
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
}

/** The tokenizer that the page loads, as the site serves it. */
export async function servedTokenizer() {
  const response = await fetch(new URL("tokenizers/qwen2_5.json.gz", SITE));
  if (!response.ok) throw new Error(`the site has no tokenizers/qwen2_5.json.gz: ${response.status}`);
  const bytes = Buffer.from(await response.arrayBuffer());
  // A host may have unpacked it already.
  return JSON.parse((bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString("utf8"));
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Lines of aligned cells; all columns but the first are aligned on the right. */
export function table(rows) {
  const widths = rows[0].map((_, k) => Math.max(...rows.map((row) => String(row[k]).length)));
  return rows
    .map((row) => row.map((cell, k) => (k ? String(cell).padStart(widths[k]) : String(cell).padEnd(widths[k]))).join("  "))
    .join("\n");
}

export function machine(browser) {
  const model = cpus()[0]?.model.trim();
  return `Chromium ${browser.version()}, headless; ${cpus().length} cores${model ? ` (${model})` : ""}`;
}
