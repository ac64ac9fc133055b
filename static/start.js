// Starts the page: loads the wasm whose names Trunk wrote into the <meta> element below the links.
const app = document.querySelector("meta[name=lossmask-app]");
const at = (path) => new URL(path, document.baseURI).href;

try {
  const { default: init } = await import(at(app.content));
  await init({ module_or_path: at(app.dataset.wasm) });
} catch (error) {
  document.documentElement.dataset.state = "failed";
  throw error;
}
