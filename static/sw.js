// The page without a network. The files of one build are kept together, all or none; a newer build waits beside them until
// the user asks for it, or has closed the page. `cargo xtask build` writes the two constants.
const BUILD = "unbuilt";
const FILES = [];

// Another copy of the page may be kept under the same origin: the names differ by the folder.
const OWN = `lossmask ${self.registration.scope} `;
const NAME = OWN + BUILD;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => Promise.all(FILES.map((file) => keep(cache, file)))));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith(OWN) && name !== NAME;
  const clear = async () => Promise.all((await caches.keys()).filter(old).map((name) => caches.delete(name)));
  event.waitUntil(clear());
});

self.addEventListener("message", ({ data }) => {
  if (data === "take over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const { pathname: scope, origin } = new URL(self.registration.scope);
  if (request.method !== "GET" || url.origin !== origin || !url.pathname.startsWith(scope)) return;
  const path = url.pathname.slice(scope.length);
  const file = path === "" || path === "index.html" ? "./" : path;
  if (FILES.includes(file)) event.respondWith(kept(request, file));
  else if (file.startsWith("tokenizers/") || file.startsWith("docs/")) event.respondWith(keptFromNowOn(request));
});

/** Keeps a file, or fails. */
async function keep(cache, file) {
  // Past the browser's own cache, which may hold what an older build had under the same name.
  const response = await fetch(new Request(file, { cache: "no-cache" }));
  if (!response.ok) throw new TypeError(`${file}: ${response.status}`);
  // Some hosts take `.html` off an address, and no browser opens a page with an answer that was redirected.
  await cache.put(file, response.redirected ? new Response(response.body, { headers: response.headers }) : response);
}

/** A file of this build; from the network where the browser has thrown it away. */
async function kept(request, file) {
  return (await (await caches.open(NAME)).match(file)) ?? fetch(request);
}

/** A tokenizer, or a page about a finding: large or many, and kept when it was wanted once. */
async function keptFromNowOn(request) {
  const cache = await caches.open(NAME);
  const there = await cache.match(request);
  if (there) return there;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone()).catch(() => {});
  return response;
}
