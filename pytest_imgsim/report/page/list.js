/* The list of comparisons: counts, filter, order */

const rank = (record) => VERDICTS.indexOf(record.verdict);
const score = (record) => (record.score === null ? -1 : record.score);
const ORDERS = {
  verdict: (a, b) => rank(a) - rank(b) || score(a) - score(b) || a.name.localeCompare(b.name),
  score: (a, b) => score(a) - score(b) || a.name.localeCompare(b.name),
  name: (a, b) => a.name.localeCompare(b.name),
};

function drawCounts() {
  const counts = VERDICTS.map((name) => [name, records.filter((record) => record.verdict === name).length]);
  const present = counts.filter(([, count]) => count);
  byId("counts").textContent = `${records.length} compared: ` + present.map(([name, count]) => `${count} ${name}`).join(", ");
  byId("verdicts").append(...present.map(([name, count]) => chip(name, count)));
}

function chip(name, count) {
  const button = make("button", { type: "button", textContent: `${name} ${count}` });
  button.setAttribute("aria-pressed", "true");
  button.addEventListener("click", () => {
    if (!state.hidden.delete(name)) state.hidden.add(name);
    button.setAttribute("aria-pressed", String(!state.hidden.has(name)));
    drawRows();
  });
  return button;
}

function drawRows() {
  const words = byId("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = (record) => {
    const markers = record.markers.map((marker) => `marker:${marker}`);
    const parts = [record.name, record.test, record.verdict, summary(record), record.fingerprint, ...markers];
    const text = parts.join(" ").toLowerCase();
    return !state.hidden.has(record.verdict) && words.every((word) => text.includes(word));
  };
  state.shown = records.filter(matches).sort(ORDERS[byId("sort").value]);
  byId("shown").textContent = state.shown.length === records.length ? "" : `${state.shown.length} of ${records.length} shown`;
  byId("rows").replaceChildren(...state.shown.map(row));
  if (!state.shown.includes(state.current)) show(state.shown[0] || null);
  markRows();
}

// A name in two parts: its folder, and the rest.
function splitName(name) {
  const cut = name.lastIndexOf("/");
  return [name.slice(0, Math.max(cut, 0)), name.slice(cut + 1)];
}

function row(record) {
  const [folder, title] = splitName(record.name);
  const button = make("button", { type: "button" },
    make("span", { className: "title", textContent: title }),
    make("span", { className: `mark ${tone(record)}`, textContent: verdict(record) }),
    make("span", { className: "where number", textContent: `${number(record.score)}  ${folder}` }),
    make("span", { className: "where what", textContent: summary(record) }));
  button.addEventListener("click", () => show(record));
  return make("li", {}, button);
}

// Marks the row that is shown, and those with a decision.
function markRows() {
  const buttons = byId("rows").querySelectorAll("button");
  state.shown.forEach((record, index) => {
    const decision = state.decisions.get(record);
    buttons[index].setAttribute("aria-current", String(record === state.current));
    buttons[index].querySelector(".title").textContent = splitName(record.name)[1] + (decision ? ` (${decision}ed)` : "");
  });
}

function step(by) {
  const index = state.shown.indexOf(state.current) + by;
  if (index < 0 || index >= state.shown.length) return;
  show(state.shown[index]);
  byId("rows").children[index].scrollIntoView({ block: "nearest" });
}
