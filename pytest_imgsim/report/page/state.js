"use strict";
// The data of the run, what the reader has chosen, and how values are put into words.
// Everything from the data goes through textContent or a property: nothing is parsed as HTML.
const data = JSON.parse(document.getElementById("data").textContent);
const records = data.records;
const byId = (id) => document.getElementById(id);

const VERDICTS = ["error", "missing", "damaged", "size changed", "failed", "warned", "created", "updated", "passed", "equal"];
const TONES = { failed: "bad", "size changed": "bad", missing: "bad", damaged: "bad", error: "bad", warned: "warn", created: "warn", updated: "warn" };
const MODES = {
  side: "Side by side", slider: "Slider", onion: "Onion skin", blink: "Blink",
  diff: "Diff", filled: "Filled", heat: "Heat map",
};

const state = {
  shown: [], hidden: new Set(), current: null, mode: "side", region: -1, masks: true,
  decisions: new Map(), applied: new Set(data.accepted.map((index) => records[index])),
  view: { scale: 1, x: 0, y: 0 }, fitted: true, blink: 0, holding: false,
};

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

const tone = (record) => (state.applied.has(record) ? "good" : TONES[record.verdict] || "good");
const verdict = (record) => (state.applied.has(record) ? "accepted" : record.verdict);

// Truncated, not rounded, so that only 1 reads as 1.0000.
function number(value) {
  return value === null ? "-" : (Math.trunc(value * 1e4 + Math.sign(value) * 1e-6) / 1e4).toFixed(4);
}

const size = (pair) => (pair ? `${pair[0]} x ${pair[1]}` : "");
const percent = (share) => (share === null ? "" : `${(100 * share).toPrecision(3)} %`);
const area = ({ x, y, width, height }) => `${width}x${height} at (${x}, ${y})`;
const joined = (parts, separator = ", ") => parts.filter(Boolean).join(separator);

// A "%" of an encoded name must be requested as "%25", and "#" or "?" would end the path.
const address = (path) => path.split("/").map(encodeURIComponent).join("/");

// Records whose picture can still be accepted, and those of them that show the same change.
const decidable = (record) => record.actual && !state.applied.has(record);
const sameChange = (record) => (record.fingerprint
  ? records.filter((other) => other.fingerprint === record.fingerprint && decidable(other)) : []);

const sharedBy = {};
for (const { fingerprint } of records) if (fingerprint) sharedBy[fingerprint] = (sharedBy[fingerprint] || 0) + 1;

// The worst change in words, and how many comparisons show it.
function summary(record) {
  const count = sharedBy[record.fingerprint];
  const words = record.regions.length ? record.regions[0].words : "";
  return joined([record.flaky && "flaky", words, count > 1 && `same change on ${count} pictures`]);
}
