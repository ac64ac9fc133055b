// The page without a network. The files of one build are kept together, all or none; a newer build waits beside them until
// the user asks for it, or has closed the page. `cargo xtask build` writes the two constants.
const BUILD = "unbuilt";
const FILES = [];

const NAME = `lossmask-${BUILD}`;

self.addEventListener("install", (event) => {
  // Past the browser's own cache, which may hold what an older build had under the same name.
  const requests = FILES.map((file) => new Request(file, { cache: "no-cache" }));
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(requests)));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("lossmask-") && name !== NAME;
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
  const file = url.pathname.slice(scope.length);
  if (FILES.includes(file || "./")) event.respondWith(kept(request, file || "./"));
  else if (file.startsWith("tokenizers/")) event.respondWith(keptFromNowOn(request));
});

/** A file of this build; from the network where the browser has thrown it away. */
async function kept(request, file) {
  return (await (await caches.open(NAME)).match(file)) ?? fetch(request);
}

/** A tokenizer: large, and kept when it was wanted once. Its address names the build. */
async function keptFromNowOn(request) {
  const cache = await caches.open(NAME);
  const there = await cache.match(request);
  if (there) return there;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone()).catch(() => {});
  return response;
}
