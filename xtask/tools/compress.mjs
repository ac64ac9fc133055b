// node compress.mjs gzip IN OUT     writes IN, compressed as well as gzip can, to OUT
// node compress.mjs beside FILE...   writes FILE.br and FILE.gz where they are smaller
// node compress.mjs sizes FILE...   prints a line a file: raw bytes, gzip bytes, brotli bytes
import { readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const [mode, ...files] = process.argv.slice(2);
const gzip = (bytes) => gzipSync(bytes, { level: 9 });
const brotli = (bytes) =>
  brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });

if (mode === "gzip") {
  writeFileSync(files[1], gzip(readFileSync(files[0])));
} else if (mode === "beside") {
  for (const file of files) {
    const bytes = readFileSync(file);
    for (const [kind, packed] of Object.entries({ br: brotli(bytes), gz: gzip(bytes) })) {
      if (packed.length < bytes.length) writeFileSync(`${file}.${kind}`, packed);
    }
  }
} else if (mode === "sizes") {
  for (const file of files) {
    const bytes = readFileSync(file);
    console.log(bytes.length, gzip(bytes).length, brotli(bytes).length);
  }
} else {
  console.error(`unknown mode ${mode}`);
  process.exitCode = 2;
}
