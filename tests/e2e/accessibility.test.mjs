// What axe-core finds on every view, in both themes and both languages; what is read has a contrast of 7:1 (AAA).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";

import { exchange, open, ready, url } from "./page.mjs";

const axe = readFileSync(createRequire(`${process.env.LOSSMASK_NODE_MODULES}/`).resolve("axe-core/axe.min.js"), "utf8");
const VIEWS = ["samples", "compare", "template", "lab", "dataset"];

/** axe finds nothing on the page as it is. */
async function nothing(page, where) {
  await ready(page);
  // A transition in the middle has colours that are nobody's.
  await page.waitForTimeout(300);
  const found = await page.evaluate(async () => {
    const rules = { "color-contrast-enhanced": { enabled: true } };
    const { violations } = await window.axe.run(document, { rules, resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(" | ")}`);
  });
  assert.deepEqual(found, [], where);
}

for (const theme of ["light", "dark"]) {
  for (const lang of ["en", "zh"]) {
    test(`axe finds nothing on any view, ${theme}, ${lang}`, async (t) => {
      const { page } = await open(t, { query: `lang=${lang}&theme=${theme}`, bypassCSP: true });
      await page.addScriptTag({ content: axe });
      for (const view of VIEWS) {
        await page.locator(`#tab-${view}`).click();
        await page.locator(`#${view}[role=tabpanel]`).waitFor();
        // With a token pinned, the inspector has something to say.
        if (view === "samples") await page.locator("section.sample [data-trained][data-token]").first().click();
        await nothing(page, `on the view ${view}`);
      }
      await page.locator("#lesson-open").click();
      await page.locator(".lesson-card h2").waitFor();
      for (let step = 1; step <= 9; step += 1) {
        if (step === 1) await page.locator("[data-token][data-trained]").first().click();
        await nothing(page, `at step ${step} of the lesson`);
        if (step < 9) await page.locator(".lesson-go .solid").click();
      }
    });

    test(`axe finds nothing in the dialogs Share and History and in a frame, ${theme}, ${lang}`, async (t) => {
      const { page } = await open(t, { query: `lang=${lang}&theme=${theme}`, bypassCSP: true });
      const check = async (where) => {
        await page.addScriptTag({ content: axe });
        await page.waitForTimeout(300);
        const found = await page.evaluate(async () => {
          const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
          return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(" | ")}`);
        });
        assert.deepEqual(found, [], where);
      };
      await page.getByRole("button", { name: lang === "zh" ? "分享" : "Share", exact: true }).click();
      await page.locator("dialog .share pre").first().waitFor();
      await check("in the dialog Share");
      await page.keyboard.press("Escape");
      await page.locator("#dialogue").fill(exchange("worked on", "before"));
      await ready(page);
      await page.getByRole("button", { name: lang === "zh" ? "示例" : "Examples", exact: true }).click();
      await page.locator("[data-example=single-turn]").click();
      await ready(page);
      await page.getByRole("button", { name: lang === "zh" ? "历史" : "History", exact: true }).click();
      await page.locator("dialog .past .open").waitFor();
      await page.locator("dialog summary").click();
      await check("in the dialog History");
      await page.goto(`${url}?lang=${lang}&theme=${theme}&embed=1`);
      await ready(page);
      await check("in a frame");
      await page.goto(`${url}embed.html`);
      await check("on the page with frames");
    });
  }
}
