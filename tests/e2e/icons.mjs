// The icons of an installed page, drawn from static/icon.svg by the browser: `node icons.mjs FOLDER`, as `cargo xtask shots`
// runs it. A maskable icon has its picture in the middle four fifths, on the icon's own ground.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder] = process.argv.slice(2);
const { chromium } = createRequire(`${process.env.LOSSMASK_NODE_MODULES}/`)("playwright-core");
const svg = readFileSync(new URL("../../static/icon.svg", import.meta.url), "utf8");
const ground = /fill="(#[0-9a-f]{6})"/.exec(svg)[1];

const browser = await chromium.launch({ executablePath: process.env.LOSSMASK_CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
for (const [name, size, share] of [["icon-192", 192, 1], ["icon-512", 512, 1], ["icon-maskable-512", 512, 0.8]]) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  const background = share < 1 ? ground : "transparent";
  await page.setContent(`<style>body { margin: 0; display: grid; place-items: center; height: 100vh; background: ${background} }
    svg { width: ${share * 100}%; height: ${share * 100}% }</style>${svg}`);
  await page.screenshot({ path: join(folder, `${name}.png`), omitBackground: true });
  await page.close();
}
await browser.close();
