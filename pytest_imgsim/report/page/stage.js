/* The pictures: one or two panes, with zoom and position shared by all of them */

const BLINK_MS = 700;

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
    diff: () => [pane("Actual; changed regions boxed, the worst in red", picture(diff))],
    filled: () => [pane("Changed pixels filled", picture(filled))],
    heat: () => [pane("Actual; the redder a cell, the lower its score", picture(actual), heatMap(heat))],
  };
  byId("stage").replaceChildren(...(available(state.current).length ? panes[state.mode]().filter(Boolean) : []));
  if (state.mode === "blink") state.blink = setInterval(blink, BLINK_MS);
  if (state.mode === "slider") byId("mix").value = 50;
  drawRegion();
  drawMasks();
  mix();
  requestAnimationFrame(fit);
}

const upper = () => byId("stage").querySelector(".over");

function blink() {
  const top = upper();
  if (top && !state.holding) top.style.visibility = top.style.visibility === "hidden" ? "" : "hidden";
}

function mix() {
  const share = byId("mix").value;
  const top = upper();
  if (!top) return;
  if (state.mode === "slider") top.style.clipPath = `inset(0 ${100 - share}% 0 0)`;
  if (state.mode === "onion" || state.mode === "heat") top.style.opacity = share / 100;
}

function drawMasks() {
  byId("masks").setAttribute("aria-pressed", String(state.masks));
  for (const image of byId("stage").querySelectorAll(".mask")) image.hidden = !state.masks;
}

function toggleMasks() {
  if (!state.current || !state.current.mask) return;
  state.masks = !state.masks;
  drawMasks();
}

// While the key is held, the baseline replaces every view of the actual picture.
function hold(on) {
  if (state.holding === on || !state.current || !state.current.baseline_copy) return;
  state.holding = on;
  for (const image of byId("stage").querySelectorAll("img")) {
    if (!on) image.src = image.dataset.before || image.src;
    else if (!image.matches(".heat, .mask")) {
      image.dataset.before = image.src;
      image.src = address(state.current.baseline_copy);
    }
  }
}

/* Zoom and position */

const frame = () => byId("stage").querySelector(".window");

function applyView() {
  const { scale, x, y } = state.view;
  for (const layer of byId("stage").querySelectorAll(".layer")) {
    layer.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    layer.classList.toggle("crisp", scale > 2);
    for (const box of layer.querySelectorAll(".box")) box.style.outlineWidth = `${2 / scale}px`;
  }
  byId("zoom").textContent = `${Math.round(scale * 100)} %`;
}

function setView(view) {
  state.view = view;
  state.fitted = false;
  applyView();
}

function fit() {
  const shown = frame();
  const image = shown && shown.querySelector("img");
  if (!image || !image.naturalWidth) return;
  const scale = Math.min(shown.clientWidth / image.naturalWidth, shown.clientHeight / image.naturalHeight, 1);
  setView({ scale, x: Math.max(0, (shown.clientWidth - image.naturalWidth * scale) / 2), y: 0 });
  state.fitted = true;
}

// Zooms around a point, the middle unless another is given.
function zoom(factor, x, y) {
  const shown = frame();
  if (!shown) return;
  const before = state.view;
  const scale = Math.min(16, Math.max(0.05, before.scale * factor));
  const [cx, cy] = [x ?? shown.clientWidth / 2, y ?? shown.clientHeight / 2];
  const ratio = scale / before.scale;
  setView({ scale, x: cx - (cx - before.x) * ratio, y: cy - (cy - before.y) * ratio });
}

function pan(dx, dy) {
  setView({ scale: state.view.scale, x: state.view.x + dx, y: state.view.y + dy });
}

function centre({ x, y, width, height }) {
  const shown = frame();
  if (!shown) return;
  const scale = Math.min(4, Math.max(0.5, Math.min(shown.clientWidth / (width + 120), shown.clientHeight / (height + 120))));
  setView({ scale, x: shown.clientWidth / 2 - (x + width / 2) * scale, y: shown.clientHeight / 2 - (y + height / 2) * scale });
}
