/* Decisions, and the command or the request that applies them */

function decide(decision, chosen = [state.current]) {
  if (!state.current || !decidable(state.current)) return;
  const repeated = chosen.every((record) => state.decisions.get(record) === decision);
  for (const record of chosen) {
    if (repeated) state.decisions.delete(record);
    else state.decisions.set(record, decision);
  }
  drawDecision();
  markRows();
}

function decideSame(decision) {
  const chosen = state.current ? sameChange(state.current) : [];
  if (chosen.length > 1) decide(decision, chosen);
}

// Filters the list by the change that is shown, or removes that filter again.
function filterSame() {
  const { fingerprint } = state.current;
  byId("filter").value = byId("filter").value === fingerprint ? "" : fingerprint;
  drawRows();
}

const accepted = () => records.filter((record) => state.decisions.get(record) === "accept");

function drawDecision() {
  const record = state.current;
  byId("decide").hidden = !record || !decidable(record);
  const count = record ? sameChange(record).length : 0;
  byId("same-change").hidden = count < 2;
  byId("filter-same").textContent = `${count} show the same change`;
  byId("accept").setAttribute("aria-pressed", String(state.decisions.get(record) === "accept"));
  byId("reject").setAttribute("aria-pressed", String(state.decisions.get(record) === "reject"));
  const chosen = accepted();
  byId("basket").hidden = !state.decisions.size;
  byId("decided").textContent = `${chosen.length} accepted, ${state.decisions.size - chosen.length} rejected`;
  byId("command").textContent = chosen.length
    ? [data.accept, ...namesOf(chosen)].join(" ") : "Nothing accepted yet.";
  byId("copy").hidden = !chosen.length;
  byId("apply").hidden = !data.served || !chosen.length;
}

function clearDecisions() {
  state.decisions.clear();
  drawDecision();
  markRows();
}

// Behind "--" a name is no option, whatever it begins with.
const namesOf = (chosen) => [
  ...(chosen.some(({ name }) => name.startsWith("-")) ? ["--"] : []), ...chosen.map(({ name }) => quoted(name)),
];

// One word of a shell's command; $'...' of bash and zsh where a terminal would act on what is in it.
function quoted(text) {
  if (/^[\w@%+=:,.\/-]+$/.test(text)) return text;
  if (!/[\p{C}\p{Zl}\p{Zp}]/u.test(text)) return `'${text.replaceAll("'", `'"'"'`)}'`;
  const escape = (letter) => `\\U${letter.codePointAt(0).toString(16).padStart(8, "0")}`;
  return `$'${text.replaceAll(/['\\]/g, "\\$&").replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, escape)}'`;
}

async function copy() {
  const range = document.createRange();
  range.selectNodeContents(byId("command"));
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  // A page from a file may be denied the clipboard; the selected text can be copied by hand.
  try { await navigator.clipboard.writeText(byId("command").textContent); byId("copy").textContent = "Copied"; }
  catch { byId("copy").textContent = "Selected: press Ctrl+C"; }
  setTimeout(() => { byId("copy").textContent = "Copy the command"; }, 2000);
}

/* A page that the review command serves applies decisions itself */

async function post(action, content) {
  const request = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(content) };
  try { return await (await fetch(action, request)).json(); }
  catch { return { error: "The review command does not answer; start it again." }; }
}

function notify(text, good = false) {
  byId("notice").textContent = text;
  byId("notice").classList.toggle("good", good);
  byId("notice").hidden = !text;
}

async function apply() {
  const chosen = accepted();
  byId("apply").disabled = true;
  const answer = await post("/accept", chosen.map(({ name, actual_sha256 }) => ({ name, actual_sha256 })));
  byId("apply").disabled = false;
  notify(answer.error || "");
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
  notify(answer.error || "The review has ended; you can close this window.", !answer.error);
}
