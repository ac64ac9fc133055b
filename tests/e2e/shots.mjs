// Pictures of the page, of every view and dialog in both themes, both languages and two widths, and of the views on a very
// wide screen: `node shots.mjs ALL KEPT`, as `cargo xtask shots` runs it. All of them go into ALL as PNG, to look at;
// those that the READMEs show go into KEPT as WebP, which is a fraction of the size.
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const { chromium } = createRequire(join(process.env.LOSSMASK_NODE_MODULES, "x.js"))("playwright-core");
const [all = "shots", kept = all] = process.argv.slice(2);
for (const folder of [all, kept]) mkdirSync(folder, { recursive: true });

const SIZES = { desk: [1440, 900], phone: [390, 844] };
const VIEWS = ["samples", "compare", "template", "lab", "dataset"];
const KEPT = ["samples-en-light-desk", "samples-zh-light-desk", "compare-en-light-desk", "compare-zh-light-desk", "lab-en-dark-desk", "lab-zh-dark-desk"];
const NAMES = {
  en: { gallery: "Examples", share: "Share", export: "Export", past: "History", bring: "Bring your own…", train: "Train" },
  zh: { gallery: "示例", share: "分享", export: "导出", past: "历史", bring: "使用自己的分词器……", train: "训练" },
};

const browser = await chromium.launch({
  executablePath: process.env.LOSSMASK_CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});
const converter = await browser.newPage();

/** A PNG as WebP, made by the browser. */
const webp = (png) =>
  converter.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext("2d").drawImage(image, 0, 0);
    const blob = await canvas.convertToBlob({ type: "image/webp", quality: 0.9 });
    return Array.from(new Uint8Array(await blob.arrayBuffer()));
  }, png.toString("base64"));

const ready = async (page) => {
  await page.waitForFunction(() => document.documentElement.dataset.state === "ready");
  // What was asked for may be on its way, and transitions end.
  await page.waitForTimeout(300);
  await page.waitForFunction(() => document.documentElement.dataset.state === "ready");
};

async function open({ lang, theme, size: [width, height], query = "" }) {
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: "reduce" });
  const page = await context.newPage();
  await page.goto(`${process.env.LOSSMASK_URL}?lang=${lang}&theme=${theme}${query}`);
  await ready(page);
  // The hint for a first visit is not there in everyday use.
  const hint = page.locator(".lesson-hint button").last();
  if (await hint.isVisible()) await hint.click();
  return page;
}

async function picture(page, name) {
  const png = await page.screenshot({ path: join(all, `${name}.png`) });
  if (KEPT.includes(name)) writeFileSync(join(kept, `${name}.webp`), new Uint8Array(await webp(png)));
  console.log(name);
}

/** Makes a view show what it is for. */
const SHOW = {
  // The first word of the first reply is pinned, so that every pane has something to say.
  samples: (page) => page.locator("section.sample [data-trained][data-token]").first().click(),
  lab: async (page, lang) => {
    await page.getByRole("button", { name: NAMES[lang].train, exact: true }).click();
    // Until the two lines have parted; how far they are is no matter.
    await page.waitForTimeout(8_000);
  },
};

async function views(page, lang, rest) {
  for (const view of VIEWS) {
    await page.locator(`#tab-${view}`).click();
    await page.locator(`#${view}[role=tabpanel]`).waitFor();
    await ready(page);
    await SHOW[view]?.(page, lang);
    await page.waitForTimeout(200);
    await picture(page, `${view}-${rest}`);
  }
}

/** Opens each dialog from the view Samples. */
async function dialogs(page, lang, rest) {
  await page.locator("#tab-samples").click();
  const fold = page.locator(".fold-sm");
  if (await fold.isVisible()) await fold.click();
  for (const dialog of ["gallery", "share", "export", "past", "bring"]) {
    await page.getByRole("button", { name: NAMES[lang][dialog], exact: true }).click();
    await page.getByRole("dialog").waitFor();
    await ready(page);
    await picture(page, `${dialog}-${rest}`);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  }
  await page.locator("body").press("?");
  await page.getByRole("dialog").waitFor();
  await picture(page, `keys-${rest}`);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

/** The first two steps of the lesson beside the page. */
async function lesson(page, rest) {
  await page.locator("#lesson-open").click();
  await page.locator(".lesson-card h2").waitFor();
  await ready(page);
  await picture(page, `lesson-1-${rest}`);
  await page.locator(".lesson-go .solid").click();
  await ready(page);
  await picture(page, `lesson-2-${rest}`);
}

for (const [name, size] of Object.entries(SIZES)) {
  for (const theme of ["light", "dark"]) {
    for (const lang of ["en", "zh"]) {
      const rest = `${lang}-${theme}-${name}`;
      const page = await open({ lang, theme, size });
      await views(page, lang, rest);
      await dialogs(page, lang, rest);
      await lesson(page, rest);
      await page.context().close();
      const embedded = await open({ lang, theme, size, query: "&embed=1" });
      await picture(embedded, `embed-${rest}`);
      await embedded.context().close();
    }
  }
}
const wide = await open({ lang: "en", theme: "light", size: [2560, 1300] });
await views(wide, "en", "en-light-wide");
await browser.close();
