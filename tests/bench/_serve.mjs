// One origin for everything a benchmark's page needs, on this machine only:
//   /          an empty page            /bench/…  this folder
//   /site/…    the built page           /npm/…    the npm packages
//   /data/…    what the bench made (`files`: name to bytes or text)
//   /package/… lossmask's own npm package, where the benchmark needs it
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join, normalize } from "node:path";

const TYPES = { html: "text/html", js: "text/javascript", mjs: "text/javascript", wasm: "application/wasm", json: "application/json" };

export async function serve({ site, modules, files }) {
  const find = async (path) => {
    const [, area, rest = ""] = /^\/([^/]*)\/?(.*)$/.exec(path);
    if (area === "") return "<!doctype html><title>bench</title>";
    if (area === "data") return files[rest];
    if (area === "site") {
      const response = await fetch(new URL(rest, site));
      return response.ok ? Buffer.from(await response.arrayBuffer()) : undefined;
    }
    const folder = { bench: import.meta.dirname, npm: modules, package: process.env.LOSSMASK_PACKAGE }[area];
    if (!folder) return undefined;
    return readFile(join(folder, rest));
  };
  const server = createServer(async (request, response) => {
    let path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname));
    // Packages made for bundlers leave the ending of their own modules out.
    if (path.startsWith("/npm/") && !/\.[a-z]+$/.test(path)) path += ".js";
    const body = await find(path).catch(() => undefined);
    const type = TYPES[path.split(".").pop()] ?? (path === "/" ? "text/html" : "application/octet-stream");
    response.writeHead(body === undefined ? 404 : 200, { "Content-Type": type, "Cache-Control": "no-store" });
    response.end(body ?? "");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}
