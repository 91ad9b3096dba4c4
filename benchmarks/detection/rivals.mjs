// Reads [[baseline, actual], ...] from stdin; writes how many pixels each tool says differ.
import fs from "node:fs";
import { createRequire } from "node:module";
import pixelmatch8 from "pixelmatch";
import pixelmatch7 from "pixelmatch-7";
import { PNG } from "pngjs";

const require = createRequire(import.meta.url);
const load = (name) => { try { return require(name); } catch { return null; } };
const looksSame = load("looks-same");
const { compare } = load("odiff-bin") ?? {};
const pairs = JSON.parse(fs.readFileSync(0, "utf8"));

const counts = [];
for (const [baseline, actual] of pairs) {
  const a = PNG.sync.read(fs.readFileSync(baseline)), b = PNG.sync.read(fs.readFileSync(actual));
  const count = (match, options) => match(a.data, b.data, null, a.width, a.height, options);
  const found = {
    pixelmatch8: count(pixelmatch8, {}),
    pixelmatch7: count(pixelmatch7, {}),
    playwright: count(pixelmatch7, { threshold: 0.2 }),
  };
  try {
    const result = await looksSame(baseline, actual, { createDiffImage: true });
    found.looksSame = result.equal ? 0 : result.differentPixels;
  } catch { /* not to be had on this machine: its row is left out */ }
  try {
    const result = await compare(baseline, actual, "odiff.png", { antialiasing: true });
    found.odiff = result.match ? 0 : result.diffCount;
  } catch { /* likewise */ }
  counts.push(found);
}
process.stdout.write(JSON.stringify(counts));
