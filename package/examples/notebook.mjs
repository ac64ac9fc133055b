// A cell for a notebook (Observable, its Framework, or anything else that shows what a cell returns):
//
//   import { tokens } from "./notebook.mjs";
//   tokens("User: hi\nAssistant: hello", { recipe: "axolotl" })
//
// The element that it returns shows the tokens of every sample over their labels.
import { analyze } from "../index.mjs";

export function tokens(dialogue, options = {}) {
  const { samples, dropped, diagnostics } = analyze({ template: "chatml", ...options, dialogue });
  const view = document.createElement("div");
  for (const sample of samples) {
    const line = document.createElement("p");
    for (const [at, label] of sample.labels.entries()) {
      const token = document.createElement("ruby");
      const below = document.createElement("rt");
      below.textContent = label;
      token.append(sample.text.slice(...sample.offsets[at]), below);
      token.style.cssText = `ruby-position: under; margin-inline-end: 2px; font-weight: ${sample.weights[at] > 0 ? 700 : 400}`;
      line.append(token);
    }
    view.append(line);
  }
  for (const { message } of diagnostics) view.append(message);
  for (const { dropped: why } of dropped) view.append(why);
  return view;
}
