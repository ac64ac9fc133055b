// `cargo xtask bench lighthouse`: what Lighthouse says of the built page, on a phone and on a desk, in both languages.
//
// Each run is a new browser with nothing stored. Lighthouse reckons "performance" for a slow phone on a slow network
// (or a desk on a fast one) from what it sees here, so a machine that is busy with something else gives worse numbers;
// LOSSMASK_RUNS runs are made of each (1), and the one in the middle counts. The table has the four scores, what they
// are made of, and below it everything that costs points. `--json` or LOSSMASK_JSON=1 prints all of it as JSON, and
// LOSSMASK_REPORTS names a folder for Lighthouse's own reports.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { AS_JSON, CHROMIUM, MODULES, SITE, table } from "./_common.mjs";

const RUNS = Number(process.env.LOSSMASK_RUNS ?? 1);
const REPORTS = process.env.LOSSMASK_REPORTS;
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
const METRICS = {
  FCP: "first-contentful-paint",
  LCP: "largest-contentful-paint",
  TBT: "total-blocking-time",
  CLS: "cumulative-layout-shift",
  SI: "speed-index",
};

const module = (path) => import(pathToFileURL(join(MODULES, path)).href);
const { default: lighthouse } = await module("lighthouse/core/index.js");
const { default: desk } = await module("lighthouse/core/config/desktop-config.js");
const { launch } = await module("chrome-launcher/dist/index.js");

/** One run: Lighthouse's result. */
async function judge(url, config) {
  const chrome = await launch({
    chromePath: CHROMIUM,
    chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    logLevel: "silent",
  });
  try {
    const flags = { port: chrome.port, output: "html", logLevel: "error", onlyCategories: CATEGORIES };
    return await lighthouse(url, flags, config);
  } finally {
    chrome.kill();
  }
}

/** The audits that cost points in a category: what each says, and how much it weighs. */
const costs = ({ categories, audits }) =>
  CATEGORIES.flatMap((category) =>
    categories[category].auditRefs
      .filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 1)
      .map(({ id, weight }) => {
        const { title, score, displayValue = "", details } = audits[id];
        const places = (details?.items ?? []).map(({ node, source, description, url }) => node?.snippet ?? description ?? source ?? url);
        return { category, id, title, score, weight, displayValue, places: places.filter(Boolean).slice(0, 5) };
      }),
  );

const found = [];
for (const [form, config] of [["phone", undefined], ["desk", desk]]) {
  for (const lang of ["en", "zh"]) {
    const runs = [];
    for (let run = 0; run < RUNS; run++) runs.push(await judge(new URL(`?lang=${lang}`, SITE).href, config));
    runs.sort((a, b) => a.lhr.categories.performance.score - b.lhr.categories.performance.score);
    const { lhr, report } = runs[RUNS >> 1];
    if (lhr.runtimeError) throw new Error(`${form}, ${lang}: ${lhr.runtimeError.message}`);
    if (REPORTS) {
      mkdirSync(REPORTS, { recursive: true });
      writeFileSync(join(REPORTS, `${form}-${lang}.html`), report);
      writeFileSync(join(REPORTS, `${form}-${lang}.json`), JSON.stringify(lhr));
    }
    found.push({
      page: `${form}, ${lang}`,
      version: lhr.lighthouseVersion,
      scores: Object.fromEntries(CATEGORIES.map((id) => [id, Math.round(lhr.categories[id].score * 100)])),
      metrics: Object.fromEntries(Object.entries(METRICS).map(([name, id]) => [name, lhr.audits[id].numericValue])),
      costs: costs(lhr),
    });
  }
}

if (AS_JSON) {
  console.log(JSON.stringify(found, null, 2));
} else {
  const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
  console.log(`\nLighthouse ${found[0].version}\n`);
  console.log(
    table([
      ["", ...CATEGORIES, ...Object.keys(METRICS)],
      ...found.map(({ page, scores, metrics: { FCP, LCP, TBT, CLS, SI } }) => [
        page,
        ...CATEGORIES.map((id) => scores[id]),
        seconds(FCP),
        seconds(LCP),
        `${TBT.toFixed(0)} ms`,
        CLS.toFixed(3),
        seconds(SI),
      ]),
    ]),
  );
  for (const { page, costs } of found) {
    for (const { category, title, score, displayValue, places } of costs) {
      console.log(`\n${page}, ${category}: ${title}${displayValue && `, ${displayValue}`} (${Math.round(score * 100)} of 100)`);
      for (const place of places) console.log(`  ${place}`);
    }
  }
}
