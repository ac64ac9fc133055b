// The code of the first frame on this page, as one would paste it, and the button that copies it.
const frame = document.querySelector("iframe");
const script = new URL("embed.js", document.baseURI).href;
const attribute = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
const code = document.querySelector("pre.frame");
code.textContent =
  `<iframe src="${attribute(frame.src)}" title="lossmask" width="100%" height="480" loading="lazy"></iframe>\n` +
  `<script src="${attribute(script)}" async></script>`;

const said = document.querySelector("[role=status]");
document.querySelector("button").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(code.textContent);
    said.textContent = "Copied the code of a frame · 已复制嵌入代码";
  } catch {
    said.textContent = "The browser refused: select the lines and copy them · 浏览器不允许复制，请选中后手动复制";
  }
});
