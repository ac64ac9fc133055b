// A worker does not inherit the policy that index.html sets for the page. So before anything else runs in it, what could
// reach another origin is closed: its requests go only to where the page came from. `cargo xtask build` puts these lines
// at the top of the worker's loader.
{
  const home = self.location.origin;
  const fetchHere = self.fetch.bind(self);
  const importHere = self.importScripts.bind(self);
  const check = (address) => {
    const { origin } = new URL(address, self.location.href);
    if (origin !== home) throw new TypeError(`lossmask asks no other origin, and this is one: ${origin}`);
  };
  const close = (name, value) => Object.defineProperty(self, name, { value, writable: false, configurable: false });
  close("fetch", async (input, init) => {
    check(input instanceof Request ? input.url : input);
    return fetchHere(input, { ...init, redirect: "error" });
  });
  close("importScripts", (...addresses) => {
    addresses.forEach(check);
    importHere(...addresses);
  });
  for (const name of ["XMLHttpRequest", "WebSocket", "WebTransport", "EventSource", "Worker", "SharedWorker"]) {
    close(name, undefined);
  }
}
