/* One comparison: its facts, its views, its changed regions */

function show(record) {
  state.current = record;
  state.region = -1;
  state.fitted = true;
  byId("comparison").hidden = record === null;
  byId("nothing").hidden = record !== null;
  markRows();
  if (record === null) return;
  byId("verdict").textContent = verdict(record);
  byId("verdict").className = `badge ${tone(record)}`;
  byId("name").textContent = record.name;
  byId("facts").replaceChildren(...facts(record).map(fact));
  const message = [record.message, record.note].filter(Boolean).join("; ");
  byId("message").textContent = message;
  byId("message").hidden = !message;
  drawModes();
  drawRegions();
  drawStage();
  drawDecision();
}

const fact = ([term, text]) => make("div", {}, make("dt", { textContent: term }), make("dd", { textContent: text }));

function facts(record) {
  const [worst] = record.regions;
  const resized = record.baseline_size && size(record.actual_size) !== size(record.baseline_size);
  return [
    ["test", record.test],
    ["score", number(record.score) + (worst && worst.origin ? ` (${worst.origin})` : "")],
    ["threshold", `${record.threshold} (${record.threshold_from})`],
    ["change", worst ? worst.words : ""],
    ["flaky", record.flaky],
    ["warns below", record.warn_threshold === null ? "" : String(record.warn_threshold)],
    ["global", record.global_score === null ? "" : number(record.global_score)],
    ["worst region", worst ? area(worst) : ""],
    ["pixels that differ", percent(record.pixel_difference)],
    ["ignored", percent(record.ignored)],
    ["SSIM", record.ssim === null ? "" : number(record.ssim)],
    ["size", size(record.actual_size) + (resized ? `, expected ${size(record.baseline_size)}` : "")],
    ["baseline", record.baseline + (record.variant > 1 ? ` (variant ${record.variant})` : "")],
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
  byId("modes").replaceChildren(...modes.map((mode) => {
    const tab = make("button", { type: "button", textContent: MODES[mode] });
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-selected", String(mode === state.mode));
    tab.setAttribute("aria-controls", "stage");
    tab.setAttribute("aria-keyshortcuts", String(Object.keys(MODES).indexOf(mode) + 1));
    tab.addEventListener("click", () => choose(mode));
    return tab;
  }));
  byId("jump").hidden = !state.current.regions.length || !modes.length;
  for (const id of ["modes", "stage", "zoom", "zoom-in", "zoom-out", "fit"]) byId(id).hidden = !modes.length;
  byId("mix-field").hidden = !["slider", "onion", "heat"].includes(state.mode);
  byId("masks").hidden = !state.current.mask;
}

function choose(mode) {
  if (!available(state.current).includes(mode)) return;
  state.mode = mode;
  drawModes();
  drawStage();
}

// Each region with what its score is made of; a press shows the region.
function drawRegions() {
  const { regions } = state.current;
  byId("regions").hidden = !regions.length;
  byId("region-count").textContent = regions.length === 1 ? "1 changed region" : `${regions.length} changed regions`;
  byId("region-list").replaceChildren(...regions.map((region, index) => {
    const button = make("button", { type: "button" },
      make("span", { className: "number", textContent: number(region.score) }),
      make("span", { textContent: joined([area(region), region.words], ": ") }),
      make("span", { className: "quiet", textContent: region.origin }));
    button.addEventListener("click", () => {
      showRegion(index);
      byId("stage").scrollIntoView({ block: "nearest" });
    });
    return make("li", {}, button);
  }));
}

function jump(by) {
  const count = state.current ? state.current.regions.length : 0;
  if (count) showRegion((state.region + by + count + (state.region < 0 && by < 0 ? 1 : 0)) % count);
}

function showRegion(index) {
  state.region = index;
  drawRegion();
  centre(state.current.regions[index]);
}

// Boxes the region that is shown, on each picture.
function drawRegion() {
  const { regions } = state.current;
  const region = regions[state.region];
  byId("region").textContent = region
    ? `${state.region + 1} of ${regions.length}: ${joined([region.words, number(region.score)])}` : `${regions.length}`;
  byId("region-list").querySelectorAll("button").forEach((button, index) => {
    button.setAttribute("aria-current", String(index === state.region));
  });
  for (const [index, layer] of byId("stage").querySelectorAll(".layer").entries()) {
    layer.querySelectorAll(".box").forEach((box) => box.remove());
    if (!region) continue;
    const box = make("div", { className: "box" });
    // On the baseline, what moved is boxed where it came from.
    const origin = state.mode === "side" && index === 0 && region.kind === "moved";
    Object.assign(box.style, {
      left: `${region.x - (origin ? region.dx : 0)}px`, top: `${region.y - (origin ? region.dy : 0)}px`,
      width: `${region.width}px`, height: `${region.height}px`,
    });
    layer.append(box);
  }
}
