// Starts the page: first the colours and the language that were chosen, so that nothing flashes, then the wasm whose
// names Trunk wrote into the <meta> element below the links.
const root = document.documentElement;
const query = new URLSearchParams(location.search);

const embed = query.has("embed") && query.get("embed") !== "0";

// What the page keeps under this name (`src/app/platform.rs`), or null; a frame keeps nothing.
function kept(name) {
  if (embed) return null;
  try {
    return localStorage.getItem(`lossmask.v2.${name}`);
  } catch {
    return null;
  }
}

const theme = query.get("theme") ?? kept("theme");
if (theme === "light" || theme === "dark") root.dataset.theme = theme;
const lang = query.get("lang") ?? kept("lang") ?? navigator.language;
root.lang = String(lang).toLowerCase().startsWith("zh") ? "zh-Hans" : "en";
if (embed) root.dataset.embed = "";

// In a frame the page says how high it is, and nothing else, so that the page around it can make room (`embed.js`); not
// while it loads, so that the frame changes its height once.
if (embed && parent !== window) {
  const tell = () => {
    if (root.dataset.state === "loading") return;
    const height = Math.ceil(root.getBoundingClientRect().height);
    parent.postMessage({ type: "lossmask:height", height }, "*");
  };
  new ResizeObserver(tell).observe(root);
  new MutationObserver(tell).observe(root, { attributeFilter: ["data-state"] });
}

// Erases what the page keeps, of its own alone: others may live under the same origin, another copy of the page too, whose
// files for use without a network stay.
addEventListener("lossmask-forget", async () => {
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith("lossmask.")) localStorage.removeItem(name);
    indexedDB.deleteDatabase("lossmask");
    const registration = await navigator.serviceWorker?.getRegistration(document.baseURI);
    const own = registration && `lossmask ${registration.scope} `;
    for (const name of await caches.keys()) if (own && name.startsWith(own)) await caches.delete(name);
    await registration?.unregister();
  } catch {}
});

const app = document.querySelector("meta[name=lossmask-app]");
const at = (path) => new URL(path, document.baseURI).href;

// The words in index.html and the style sheet come first, and the program only when they are seen, so that on a slow
// network it does not take their share of it. A tab in the background paints nothing.
const seen = new Promise((done) => {
  if (document.hidden) done();
  new PerformanceObserver(done).observe({ type: "paint", buffered: true });
  setTimeout(done, 1000);
});

try {
  await seen;
  const module_or_path = fetch(at(app.dataset.wasm));
  const { default: init } = await import(at(app.content));
  await init({ module_or_path });
} catch (error) {
  root.dataset.state = "failed";
  throw error;
}

// The page works without a network from its second visit on. A newer build waits until the user asks for it: the page
// hears `lossmask-update`, and says `lossmask-reload`. A browser that keeps nothing goes on without.
const workers = navigator.serviceWorker;
if (workers && !embed) {
  try {
    const registration = await workers.register(at("sw.js"), { updateViaCache: "none" });
    const tell = () => {
      if (registration.waiting && workers.controller) dispatchEvent(new Event("lossmask-update"));
    };
    registration.addEventListener("updatefound", () => {
      registration.installing?.addEventListener("statechange", tell);
    });
    addEventListener("lossmask-reload", () => {
      workers.addEventListener("controllerchange", () => location.reload(), { once: true });
      registration.waiting?.postMessage("take over");
    });
    tell();
  } catch {}
}
