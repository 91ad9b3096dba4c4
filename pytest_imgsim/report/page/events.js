/* Keys, pointer and buttons; then the page is drawn */

const PAN = 60;
const PANS = { ArrowLeft: [PAN, 0], ArrowRight: [-PAN, 0], ArrowUp: [0, PAN], ArrowDown: [0, -PAN] };
const KEYS = {
  ArrowLeft: () => step(-1), ArrowRight: () => step(1), j: () => jump(1), k: () => jump(-1),
  a: () => decide("accept"), r: () => decide("reject"), A: () => decideSame("accept"), R: () => decideSame("reject"),
  "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), 0: fit,
  "?": () => byId("help").showModal(), "/": () => byId("filter").focus(), b: () => hold(true), m: toggleMasks,
};
Object.keys(MODES).forEach((mode, index) => { KEYS[index + 1] = () => choose(mode); });

document.addEventListener("keydown", (event) => {
  const slides = event.target.matches('input[type="range"]') && event.key.startsWith("Arrow");
  const typing = event.target.matches('input[type="search"], select') || slides || byId("help").open;
  if (typing) { if (event.key === "Escape") event.target.blur(); return; }
  // With Caps Lock on, a letter must still decide on one comparison, not on all of a group.
  const letter = event.shiftKey ? event.key.toUpperCase() : event.key.toLowerCase();
  const key = event.key.length === 1 ? letter : event.key;
  const act = event.shiftKey && PANS[key] ? () => pan(...PANS[key]) : KEYS[key];
  if (event.ctrlKey || event.metaKey || event.altKey || !act) return;
  event.preventDefault();
  act();
});
document.addEventListener("keyup", (event) => { if (event.key === "b") hold(false); });

byId("stage").addEventListener("wheel", (event) => {
  event.preventDefault();
  const over = event.target.closest(".window");
  if (!over) return;
  const corner = over.getBoundingClientRect();
  if (event.ctrlKey || event.metaKey) zoom(Math.exp(-event.deltaY / 300), event.clientX - corner.left, event.clientY - corner.top);
  else pan(-event.deltaX, -event.deltaY);
}, { passive: false });
byId("stage").addEventListener("pointerdown", (event) => {
  if (!event.target.closest(".window")) return;
  byId("stage").setPointerCapture(event.pointerId);
  const start = { x: event.clientX - state.view.x, y: event.clientY - state.view.y };
  const move = ({ clientX, clientY }) => setView({ scale: state.view.scale, x: clientX - start.x, y: clientY - start.y });
  byId("stage").addEventListener("pointermove", move);
  byId("stage").addEventListener("pointerup", () => byId("stage").removeEventListener("pointermove", move), { once: true });
});

const CLICKS = {
  "zoom-in": () => zoom(1.25), "zoom-out": () => zoom(0.8), fit,
  "region-next": () => jump(1), "region-previous": () => jump(-1), masks: toggleMasks,
  accept: () => decide("accept"), reject: () => decide("reject"),
  "filter-same": filterSame, "accept-same": () => decideSame("accept"), "reject-same": () => decideSame("reject"),
  copy, apply, done, clear: clearDecisions, "help-open": () => byId("help").showModal(),
};
for (const [id, act] of Object.entries(CLICKS)) byId(id).addEventListener("click", act);
byId("filter").addEventListener("input", drawRows);
byId("sort").addEventListener("change", drawRows);
byId("mix").addEventListener("input", mix);
addEventListener("resize", () => { if (state.fitted) fit(); });

if (data.served) {
  byId("done").hidden = false;
  byId("how").textContent = "An accepted picture becomes the baseline once you press Apply below.";
  // From here on a cookie has the token; the address bar need not show it.
  history.replaceState(null, "", "/report.html");
}
byId("versions").replaceChildren(...Object.entries(data.environment).map(fact));
byId("environment").hidden = !Object.keys(data.environment).length;
drawCounts();
drawRows();
