"use strict";
// Everything from the data goes through textContent or a property: nothing is parsed as HTML.
const data = JSON.parse(document.getElementById("data").textContent);
const records = data.records;
const at = (id) => document.getElementById(id);

const TONES = { failed: "bad", "size changed": "bad", missing: "bad", error: "bad", warned: "warn", created: "warn", updated: "warn" };
const VERDICTS = ["error", "missing", "size changed", "failed", "warned", "created", "updated", "passed", "equal"];
const MODES = {
  side: "Side by side", slider: "Slider", onion: "Onion skin", blink: "Blink",
  diff: "Diff", filled: "Filled", heat: "Heat map",
};
const BLINK_MS = 700;

const state = {
  shown: [], current: null, mode: "side", region: -1, hidden: new Set(),
  decisions: new Map(), applied: new Set(data.accepted.map((index) => records[index])), view: { scale: 1, x: 0, y: 0 }, fitted: true, blink: 0, holding: false, masks: true,
};

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

const tone = (record) => (state.applied.has(record) ? "good" : TONES[record.verdict] || "good");
const standing = (record) => (state.applied.has(record) ? "accepted" : record.verdict);
const place = (record) => VERDICTS.indexOf(record.verdict);
const score = (record) => (record.score === null ? -1 : record.score);

// Truncated, not rounded, so that only 1 reads as 1.0000.
function number(value) {
  return value === null ? "-" : (Math.trunc(value * 1e4 + Math.sign(value) * 1e-6) / 1e4).toFixed(4);
}

const size = (pair) => (pair ? `${pair[0]} x ${pair[1]}` : "");
// A "%" of an encoded name must be asked for as "%25", and "#" or "?" would cut the address.
const address = (path) => path.split("/").map(encodeURIComponent).join("/");

// The records that show the same change as one, and can still be decided.
const decidable = (record) => record.actual && !state.applied.has(record);
const alike = (record) => (record.fingerprint
  ? records.filter((other) => other.fingerprint === record.fingerprint && decidable(other)) : []);
const together = {};
for (const { fingerprint } of records) if (fingerprint) together[fingerprint] = (together[fingerprint] || 0) + 1;

// The worst change in words, and how many comparisons show the same.
function what(record) {
  const count = together[record.fingerprint];
  const words = record.regions.length ? record.regions[0].words : "";
  return [record.flaky ? "flaky" : "", count > 1 ? `${count} alike` : "", words].filter(Boolean).join(", ");
}

/* The list */

function drawCounts() {
  const counts = VERDICTS.map((verdict) => [verdict, records.filter((r) => r.verdict === verdict).length]);
  const told = counts.filter(([, count]) => count);
  at("counts").textContent = `${records.length} compared: ` + told.map(([v, c]) => `${c} ${v}`).join(", ");
  for (const [verdict, count] of told) {
    const chip = make("button", { type: "button", textContent: `${verdict} ${count}` });
    chip.setAttribute("aria-pressed", "true");
    chip.addEventListener("click", () => {
      if (!state.hidden.delete(verdict)) state.hidden.add(verdict);
      chip.setAttribute("aria-pressed", String(!state.hidden.has(verdict)));
      drawRows();
    });
    at("verdicts").append(chip);
  }
}

const ORDERS = {
  verdict: (a, b) => place(a) - place(b) || score(a) - score(b) || a.name.localeCompare(b.name),
  score: (a, b) => score(a) - score(b) || a.name.localeCompare(b.name),
  name: (a, b) => a.name.localeCompare(b.name),
};

function drawRows() {
  const words = at("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (record) => {
    const markers = record.markers.map((marker) => `marker:${marker}`).join(" ");
    const told = [record.name, record.test, record.verdict, what(record), record.fingerprint, markers];
    const text = told.join(" ").toLowerCase();
    return !state.hidden.has(record.verdict) && words.every((word) => text.includes(word));
  };
  state.shown = records.filter(fits).sort(ORDERS[at("sort").value]);
  at("shown").textContent = state.shown.length === records.length ? "" : `${state.shown.length} of ${records.length} shown`;
  at("rows").replaceChildren(...state.shown.map(row));
  if (!state.shown.includes(state.current)) show(state.shown[0] || null);
  markCurrent();
}

function row(record) {
  const cut = record.name.lastIndexOf("/");
  const button = make("button", { type: "button" },
    make("span", { className: "title", textContent: record.name.slice(cut + 1) }),
    make("span", { className: `mark ${tone(record)}`, textContent: standing(record) }),
    make("span", { className: "where number", textContent: `${number(record.score)}  ${record.name.slice(0, Math.max(cut, 0))}` }),
    make("span", { className: "where what", textContent: what(record) }));
  button.addEventListener("click", () => show(record));
  return make("li", {}, button);
}

function markCurrent() {
  const buttons = at("rows").querySelectorAll("button");
  state.shown.forEach((record, index) => {
    const decided = state.decisions.get(record);
    buttons[index].setAttribute("aria-current", String(record === state.current));
    buttons[index].querySelector(".title").textContent =
      record.name.slice(record.name.lastIndexOf("/") + 1) + (decided ? ` (${decided}ed)` : "");
  });
}

function step(by) {
  const index = state.shown.indexOf(state.current) + by;
  if (index < 0 || index >= state.shown.length) return;
  show(state.shown[index]);
  at("rows").children[index].scrollIntoView({ block: "nearest" });
}

/* One comparison */

function show(record) {
  state.current = record;
  state.region = -1;
  state.fitted = true;
  at("comparison").hidden = record === null;
  at("nothing").hidden = record !== null;
  markCurrent();
  if (record === null) return;
  at("verdict").textContent = standing(record);
  at("verdict").className = `badge ${tone(record)}`;
  at("name").textContent = record.name;
  at("facts").replaceChildren(...facts(record).map(fact));
  at("message").textContent = record.message;
  at("message").hidden = !record.message;
  drawModes();
  drawStage();
  drawDecision();
}

const fact = ([term, text]) => make("div", {}, make("dt", { textContent: term }), make("dd", { textContent: text }));
const percent = (share) => (share === null ? "" : `${(100 * share).toPrecision(3)} %`);

function facts(record) {
  const [worst] = record.regions;
  const sizes = size(record.actual_size) === size(record.baseline_size) || !record.baseline_size
    ? size(record.actual_size) : `${size(record.actual_size)}, expected ${size(record.baseline_size)}`;
  return [
    ["test", record.test],
    ["score", number(record.score)],
    ["threshold", `${record.threshold} (${record.threshold_from})`],
    ["change", record.regions.length ? record.regions[0].words : ""],
    ["flaky", record.flaky],
    ["warns below", record.warn_threshold === null ? "" : String(record.warn_threshold)],
    ["global", record.global_score === null ? "" : number(record.global_score)],
    ["worst region", worst ? `${worst.width}x${worst.height} at (${worst.x}, ${worst.y})` : ""],
    ["pixels that differ", percent(record.pixel_difference)],
    ["ignored", percent(record.ignored)],
    ["SSIM", record.ssim === null ? "" : number(record.ssim)],
    ["size", sizes],
    ["baseline", record.variant > 1 ? `${record.baseline} (variant ${record.variant})` : record.baseline],
    ["markers", record.markers.join(", ")],
    ["model", record.model || ""],
  ].filter(([, text]) => text !== "");
}

function available(record) {
  const both = record.actual && record.baseline_copy;
  const has = { side: record.actual, slider: both, onion: both, blink: both, diff: record.diff, filled: record.filled, heat: record.heat };
  return Object.keys(MODES).filter((mode) => has[mode]);
}

function drawModes() {
  const modes = available(state.current);
  if (!modes.includes(state.mode)) state.mode = modes[0] || "side";
  at("modes").replaceChildren(...modes.map((mode) => {
    const tab = make("button", { type: "button", textContent: MODES[mode] });
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-selected", String(mode === state.mode));
    tab.setAttribute("aria-controls", "stage");
    tab.setAttribute("aria-keyshortcuts", String(Object.keys(MODES).indexOf(mode) + 1));
    tab.addEventListener("click", () => choose(mode));
    return tab;
  }));
  const regions = state.current.regions.length;
  at("jump").hidden = !regions || !modes.length;
  for (const id of ["modes", "stage", "zoom", "zoom-in", "zoom-out", "fit"]) at(id).hidden = !modes.length;
  at("mix-field").hidden = !["slider", "onion", "heat"].includes(state.mode);
  at("masks").hidden = !state.current.mask;
}

function choose(mode) {
  if (!available(state.current).includes(mode)) return;
  state.mode = mode;
  drawModes();
  drawStage();
}

function picture(path, className = "") {
  return make("img", { src: address(path), alt: "", className, draggable: false, loading: "lazy" });
}

// One pixel of a heat map stands for a cell.
function heatMap(path) {
  const image = picture(path, "over heat");
  image.style.transform = `scale(${data.cell})`;
  return image;
}

function pane(caption, ...images) {
  if (state.current.mask) images.push(picture(state.current.mask, "mask"));
  const layer = make("div", { className: "layer" }, ...images);
  for (const image of images) image.addEventListener("load", () => { if (state.fitted) fit(); else applyView(); });
  return make("figure", { className: "pane" },
    make("figcaption", { textContent: caption }), make("div", { className: "window" }, layer));
}

function drawStage() {
  clearInterval(state.blink);
  const { actual, baseline_copy: baseline, diff, filled, heat } = state.current;
  const panes = {
    side: () => [baseline && pane("Baseline", picture(baseline)), actual && pane("Actual", picture(actual))],
    slider: () => [pane("Baseline on the left, actual on the right", picture(actual), picture(baseline, "over"))],
    onion: () => [pane("Actual over baseline", picture(baseline), picture(actual, "over"))],
    blink: () => [pane("Baseline and actual by turns", picture(actual), picture(baseline, "over"))],
    diff: () => [pane("Actual, changed regions boxed, the worst in red", picture(diff))],
    filled: () => [pane("Changed pixels filled", picture(filled))],
    heat: () => [pane("Actual; the redder a cell, the less alike", picture(actual), heatMap(heat))],
  };
  at("stage").replaceChildren(...(available(state.current).length ? panes[state.mode]().filter(Boolean) : []));
  if (state.mode === "blink") state.blink = setInterval(blink, BLINK_MS);
  if (state.mode === "slider") at("mix").value = 50;
  drawRegion();
  drawMasks();
  mix();
  requestAnimationFrame(fit);
}

function over() {
  return at("stage").querySelector(".over");
}

function drawMasks() {
  at("masks").setAttribute("aria-pressed", String(state.masks));
  for (const image of at("stage").querySelectorAll(".mask")) image.hidden = !state.masks;
}

function toggleMasks() {
  if (!state.current || !state.current.mask) return;
  state.masks = !state.masks;
  drawMasks();
}

function blink() {
  const top = over();
  if (top && !state.holding) top.style.visibility = top.style.visibility === "hidden" ? "" : "hidden";
}

function mix() {
  const share = at("mix").value;
  const top = over();
  if (!top) return;
  if (state.mode === "slider") top.style.clipPath = `inset(0 ${100 - share}% 0 0)`;
  if (state.mode === "onion" || state.mode === "heat") top.style.opacity = share / 100;
}

// While the key is held the baseline lies over every view of the actual picture.
function hold(on) {
  if (state.holding === on || !state.current || !state.current.baseline_copy) return;
  state.holding = on;
  for (const image of at("stage").querySelectorAll("img")) {
    if (!on) image.src = image.dataset.before || image.src;
    else if (!image.matches(".heat, .mask")) {
      image.dataset.before = image.src;
      image.src = address(state.current.baseline_copy);
    }
  }
}

/* Zoom and pan, linked over all panes */

function applyView() {
  const { scale, x, y } = state.view;
  for (const layer of at("stage").querySelectorAll(".layer")) {
    layer.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    layer.classList.toggle("crisp", scale > 2);
    for (const box of layer.querySelectorAll(".box")) box.style.outlineWidth = `${2 / scale}px`;
  }
  at("zoom").textContent = `${Math.round(scale * 100)} %`;
}

function fit() {
  const frame = at("stage").querySelector(".window");
  const image = frame && frame.querySelector("img");
  if (!image || !image.naturalWidth) return;
  const scale = Math.min(frame.clientWidth / image.naturalWidth, frame.clientHeight / image.naturalHeight, 1);
  state.view = { scale, x: Math.max(0, (frame.clientWidth - image.naturalWidth * scale) / 2), y: 0 };
  state.fitted = true;
  applyView();
}

function zoom(factor, x, y) {
  const frame = at("stage").querySelector(".window");
  if (!frame) return;
  const before = state.view;
  const scale = Math.min(16, Math.max(0.05, before.scale * factor));
  const [cx, cy] = [x ?? frame.clientWidth / 2, y ?? frame.clientHeight / 2];
  const ratio = scale / before.scale;
  state.view = { scale, x: cx - (cx - before.x) * ratio, y: cy - (cy - before.y) * ratio };
  state.fitted = false;
  applyView();
}

function jump(by) {
  const regions = state.current ? state.current.regions : [];
  if (!regions.length) return;
  state.region = (state.region + by + regions.length + (state.region < 0 && by < 0 ? 1 : 0)) % regions.length;
  drawRegion();
  const frame = at("stage").querySelector(".window");
  if (!frame) return;
  const { x, y, width, height } = regions[state.region];
  const scale = Math.min(4, Math.max(0.5, Math.min(frame.clientWidth / (width + 120), frame.clientHeight / (height + 120))));
  state.view = {
    scale, x: frame.clientWidth / 2 - (x + width / 2) * scale, y: frame.clientHeight / 2 - (y + height / 2) * scale,
  };
  state.fitted = false;
  applyView();
}

function drawRegion() {
  const regions = state.current.regions;
  const region = regions[state.region];
  at("region").textContent = region
    ? `${state.region + 1} of ${regions.length}: ${[region.words, number(region.score)].filter(Boolean).join(", ")}` : `${regions.length}`;
  for (const [index, layer] of at("stage").querySelectorAll(".layer").entries()) {
    layer.querySelectorAll(".box").forEach((box) => box.remove());
    if (!region) continue;
    const box = make("div", { className: "box" });
    // On the baseline, what moved is boxed where it came from.
    const back = state.mode === "side" && index === 0 && region.kind === "moved";
    Object.assign(box.style, {
      left: `${region.x - (back ? region.dx : 0)}px`, top: `${region.y - (back ? region.dy : 0)}px`, width: `${region.width}px`, height: `${region.height}px`,
    });
    layer.append(box);
  }
}

/* Decisions */

function decide(decision, chosen = [state.current]) {
  if (!state.current || !decidable(state.current)) return;
  const taken = chosen.every((record) => state.decisions.get(record) === decision);
  for (const record of chosen) {
    if (taken) state.decisions.delete(record);
    else state.decisions.set(record, decision);
  }
  drawDecision();
  markCurrent();
}

function decideAlike(decision) {
  const chosen = state.current ? alike(state.current) : [];
  if (chosen.length > 1) decide(decision, chosen);
}

// Lists those of the group only, or all again.
function showAlike() {
  const { fingerprint } = state.current;
  at("filter").value = at("filter").value === fingerprint ? "" : fingerprint;
  drawRows();
}

const acceptedOnes = () => records.filter((record) => state.decisions.get(record) === "accept");

function drawDecision() {
  const record = state.current;
  at("decide").hidden = !record || !decidable(record);
  const count = record ? alike(record).length : 0;
  at("alike").hidden = count < 2;
  at("show-alike").textContent = `${count} show the same change`;
  at("accept").setAttribute("aria-pressed", String(state.decisions.get(record) === "accept"));
  at("reject").setAttribute("aria-pressed", String(state.decisions.get(record) === "reject"));
  const accepted = acceptedOnes();
  at("basket").hidden = !state.decisions.size;
  at("decided").textContent = `${accepted.length} accepted, ${state.decisions.size - accepted.length} rejected`;
  at("command").textContent = accepted.length
    ? [data.accept, ...accepted.map((r) => quoted(r.name))].join(" ") : "Nothing accepted yet.";
  at("copy").hidden = !accepted.length;
  at("apply").hidden = !data.served || !accepted.length;
}

const quoted = (text) => (/^[\w@%+=:,.\/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`);

async function copy() {
  const range = document.createRange();
  range.selectNodeContents(at("command"));
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  // From file:// the clipboard may be refused; the selected text can then be copied by hand.
  try { await navigator.clipboard.writeText(at("command").textContent); at("copy").textContent = "Copied"; }
  catch { at("copy").textContent = "Selected: press Ctrl+C"; }
  setTimeout(() => { at("copy").textContent = "Copy the command"; }, 2000);
}

/* A page that is served by the review command applies decisions itself */

async function post(action, content) {
  const request = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(content) };
  try { return await (await fetch(action, request)).json(); }
  catch { return { error: "The review command does not answer; start it again." }; }
}

function tell(text, good = false) {
  at("told").textContent = text;
  at("told").classList.toggle("good", good);
  at("told").hidden = !text;
}

async function apply() {
  const chosen = acceptedOnes();
  at("apply").disabled = true;
  const answer = await post("/accept", chosen.map(({ name, actual_sha256 }) => ({ name, actual_sha256 })));
  at("apply").disabled = false;
  tell(answer.error || "");
  if (answer.error) return;
  for (const record of chosen) {
    state.applied.add(record);
    state.decisions.delete(record);
  }
  drawRows();
  show(state.current);
}

async function done() {
  const answer = await post("/done", {});
  tell(answer.error || "The review has ended; this window can be closed.", !answer.error);
}

if (data.served) {
  at("done").hidden = false;
  at("how").textContent = "An accepted picture becomes the baseline once you press Apply below.";
  // The token need not stand in the address bar: from here on a cookie has it.
  history.replaceState(null, "", "/report.html");
}

at("versions").replaceChildren(...Object.entries(data.environment).map(fact));
at("environment").hidden = !Object.keys(data.environment).length;

/* Events */

const PAN = 60;
const PANS = { ArrowLeft: [PAN, 0], ArrowRight: [-PAN, 0], ArrowUp: [0, PAN], ArrowDown: [0, -PAN] };

function pan(dx, dy) {
  state.view.x += dx;
  state.view.y += dy;
  state.fitted = false;
  applyView();
}

const KEYS = {
  ArrowLeft: () => step(-1), ArrowRight: () => step(1), j: () => jump(1), k: () => jump(-1),
  a: () => decide("accept"), r: () => decide("reject"),
  A: () => decideAlike("accept"), R: () => decideAlike("reject"), "+": () => zoom(1.25), "=": () => zoom(1.25),
  "-": () => zoom(0.8), 0: fit, "?": () => at("help").showModal(), "/": () => at("filter").focus(),
  b: () => hold(true), m: toggleMasks,
};
Object.keys(MODES).forEach((mode, index) => { KEYS[index + 1] = () => choose(mode); });

document.addEventListener("keydown", (event) => {
  const slides = event.target.matches('input[type="range"]') && event.key.startsWith("Arrow");
  const typing = event.target.matches('input[type="search"], select') || slides || at("help").open;
  if (typing) { if (event.key === "Escape") event.target.blur(); return; }
  // Caps Lock must not make a decision on one into one on all.
  const letter = event.shiftKey ? event.key.toUpperCase() : event.key.toLowerCase();
  const key = event.key.length === 1 ? letter : event.key;
  const act = event.shiftKey && PANS[key] ? () => pan(...PANS[key]) : KEYS[key];
  if (event.ctrlKey || event.metaKey || event.altKey || !act) return;
  event.preventDefault();
  act();
});
document.addEventListener("keyup", (event) => { if (event.key === "b") hold(false); });

at("stage").addEventListener("wheel", (event) => {
  event.preventDefault();
  const frame = event.target.closest(".window");
  if (!frame) return;
  const corner = frame.getBoundingClientRect();
  if (event.ctrlKey || event.metaKey) zoom(Math.exp(-event.deltaY / 300), event.clientX - corner.left, event.clientY - corner.top);
  else pan(-event.deltaX, -event.deltaY);
}, { passive: false });
at("stage").addEventListener("pointerdown", (event) => {
  if (!event.target.closest(".window")) return;
  at("stage").setPointerCapture(event.pointerId);
  const start = { x: event.clientX - state.view.x, y: event.clientY - state.view.y };
  const move = (moved) => {
    state.view.x = moved.clientX - start.x;
    state.view.y = moved.clientY - start.y;
    state.fitted = false;
    applyView();
  };
  at("stage").addEventListener("pointermove", move);
  at("stage").addEventListener("pointerup", () => at("stage").removeEventListener("pointermove", move), { once: true });
});

at("filter").addEventListener("input", drawRows);
at("sort").addEventListener("change", drawRows);
at("mix").addEventListener("input", mix);
at("zoom-in").addEventListener("click", () => zoom(1.25));
at("zoom-out").addEventListener("click", () => zoom(0.8));
at("fit").addEventListener("click", fit);
at("region-next").addEventListener("click", () => jump(1));
at("region-previous").addEventListener("click", () => jump(-1));
at("masks").addEventListener("click", toggleMasks);
at("accept").addEventListener("click", () => decide("accept"));
at("reject").addEventListener("click", () => decide("reject"));
at("show-alike").addEventListener("click", showAlike);
at("accept-alike").addEventListener("click", () => decideAlike("accept"));
at("reject-alike").addEventListener("click", () => decideAlike("reject"));
at("copy").addEventListener("click", copy);
at("apply").addEventListener("click", apply);
at("done").addEventListener("click", done);
at("clear").addEventListener("click", () => { state.decisions.clear(); drawDecision(); markCurrent(); });
at("help-open").addEventListener("click", () => at("help").showModal());
addEventListener("resize", () => { if (state.fitted) fit(); });

drawCounts();
drawRows();
