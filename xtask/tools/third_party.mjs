// `node third_party.mjs FILE`: writes who made the crates that the wasm files are compiled from, and under which licence: a line
// for each, and the notices that came with them, each text once. `cargo xtask build` and `package` put it beside those files.
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const [target] = process.argv.slice(2);
const NOTICE = /^(licen[cs]es?|copying|copyright|notice|unlicense)([-_.].*)?$/i;

const call = ["metadata", "--locked", "--format-version", "1", "--filter-platform", "wasm32-unknown-unknown"];
const { packages, resolve, workspace_members: own } = JSON.parse(execFileSync("cargo", call, { maxBuffer: 1 << 28 }));
const packageOf = new Map(packages.map((it) => [it.id, it]));
const nodeOf = new Map(resolve.nodes.map((it) => [it.id, it]));

// What is compiled in: neither what tests and build scripts use, nor macros, which run in the compiler.
const seen = new Set([resolve.root]);
for (const id of seen) {
  for (const { pkg, dep_kinds: kinds } of nodeOf.get(id).deps) {
    const isMacro = packageOf.get(pkg).targets.some(({ kind }) => kind.includes("proc-macro"));
    if (kinds.some(({ kind }) => kind === null) && !isMacro) seen.add(pkg);
  }
}
const crates = [...seen]
  .filter((id) => !own.includes(id))
  .map((id) => packageOf.get(id))
  .filter(({ source }) => source !== null)
  .sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));

const holders = new Map();
for (const { name, version, manifest_path: manifest } of crates) {
  const folder = dirname(manifest);
  const files = readdirSync(folder, { withFileTypes: true }).filter((file) => file.isFile() && NOTICE.test(file.name));
  for (const file of files) {
    const text = readFileSync(join(folder, file.name), "utf8").replaceAll("\r\n", "\n").trim();
    const same = text.replace(/\s+/g, " ");
    if (!holders.has(same)) holders.set(same, { text, names: [] });
    holders.get(same).names.push(`${name} ${version}`);
  }
}

const row = ({ name, version, license, repository, authors }) =>
  `${name} ${version}: ${license ?? "see its notice below"}; ${repository ?? authors.join(", ")}`;
const rule = "-".repeat(80);
const notices = [...holders.values()].map(({ text, names }) => `${rule}\n${[...new Set(names)].join(", ")}\n${rule}\n\n${text}\n`);
writeFileSync(
  target,
  `lossmask is compiled from its own code (MIT OR Apache-2.0), the Rust standard library (MIT OR Apache-2.0,
https://github.com/rust-lang/rust) and these crates. Below the list are the notices that came with them.

${crates.map(row).join("\n")}

${notices.join("\n")}`,
);
