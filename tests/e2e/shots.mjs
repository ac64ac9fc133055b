// Pictures of the page: both themes, both languages, a desk and a phone. Usage: node shots.mjs FOLDER
// The environment is that of the end-to-end tests: LOSSMASK_URL, LOSSMASK_NODE_MODULES, LOSSMASK_CHROMIUM.
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const { chromium } = createRequire(join(process.env.LOSSMASK_NODE_MODULES, "x.js"))("playwright-core");
const folder = process.argv[2] ?? "shots";
mkdirSync(folder, { recursive: true });

const sizes = { desk: [1440, 900], phone: [390, 844] };
const browser = await chromium.launch({
  executablePath: process.env.LOSSMASK_CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});
for (const [size, [width, height]] of Object.entries(sizes)) {
  for (const theme of ["light", "dark"]) {
    for (const lang of ["en", "zh"]) {
      const page = await browser.newPage({ viewport: { width, height } });
      await page.goto(`${process.env.LOSSMASK_URL}?lang=${lang}&theme=${theme}`);
      await page.waitForFunction(() => document.documentElement.dataset.state === "ready");
      // The first word of the first reply is pinned, so that every pane has something to say.
      await page.locator('section.sample [data-trained][data-token]').first().click();
      const name = `samples-${lang}-${theme}-${size}.png`;
      await page.screenshot({ path: join(folder, name) });
      console.log(name);
      await page.close();
    }
  }
}
await browser.close();
