// Regressions of a page. `imgsim.plan(kind, draw)` picks a target that shows in the window and
// returns a plan of plain values; `imgsim.apply(plan)` makes the change on any machine that shows
// the same page; `imgsim.undo()` takes it back. `draw` is a list of numbers in [0, 1).
window.imgsim = (() => {
  let undo = () => {};

  const path = (element) => {
    const steps = [];
    for (let e = element; e && e !== document.documentElement; e = e.parentElement)
      steps.unshift(`${e.tagName.toLowerCase()}:nth-child(${[...e.parentElement.children].indexOf(e) + 1})`);
    return ["html", ...steps].join(" > ").replaceAll(/svg:nth/gi, "svg:nth");
  };
  const shown = (e) => {
    const r = e.getBoundingClientRect(), s = getComputedStyle(e);
    if (s.visibility === "hidden" || Number(s.opacity) < 0.2) return false;
    if (r.left < 0 || r.top < 0 || r.right > innerWidth || r.bottom > innerHeight) return false;
    if (r.width * r.height < 50 || r.width * r.height > 0.2 * innerWidth * innerHeight) return false;
    const top = document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2);
    return top !== null && (e.contains(top) || top.contains(e));
  };
  const all = (selector) => [...document.body.querySelectorAll(selector)].filter(shown);
  const textNode = (e) => [...e.childNodes].find((n) => n.nodeType === 3 && n.data.trim().length > 1);
  const texts = () => all("*").filter((e) => !["SCRIPT", "STYLE", "OPTION"].includes(e.tagName) && textNode(e));
  const boxes = () => all("a,button,input,li,img,td,th,h1,h2,h3,h4,h5,h6,p,span,.card,.btn,.badge,.nav-item,.progress,select,svg,i,div")
    .filter((e) => e.childElementCount < 12);
  const filled = () => all("*").filter((e) => {
    const s = getComputedStyle(e);
    return s.backgroundColor !== "rgba(0, 0, 0, 0)" || s.borderTopWidth !== "0px";
  });
  const pools = {
    hide: boxes, collapse: boxes, move: boxes, padding: boxes, overlap: boxes,
    digit: () => texts().filter((e) => /\d/.test(textNode(e).data)),
    word: () => texts().filter((e) => /[a-z]{3,}/i.test(textNode(e).data)),
    letter: () => texts().filter((e) => /[a-z]/i.test(textNode(e).data)),
    colour: texts, size: texts, family: texts, weight: texts, truncate: texts, locale: texts,
    background: filled, border: filled, zorder: filled, opacity: boxes,
    image: () => all("img"), swap: () => all("img"),
    icon: () => all("i,svg,.icon,.material-icons,[class*='icon']").filter((e) => e.tagName !== "DIV"),
    stylesheet: () => [document.body], characters: () => [document.body],
  };
  const locales = ["Übersicht der Änderungen", "Résumé général", "設定を保存", "Настройки", "Güncelleme", "مرحبا بكم"];
  const colours = ["#d93025", "#188038", "#1a73e8", "#9334e6", "#e8710a", "#5f6368", "#ffffff", "#111111"];
  const words = ["Closed", "Total", "missing", "Ready", "unknown", "Export", "seven", "Monthly", "not", "Draft"];

  const plan = (kind, draw) => {
    const pool = pools[kind]();
    if (kind === "stylesheet") {
      const sheets = [...document.querySelectorAll("link[rel=stylesheet]")].filter((l) => l.sheet && l.href.startsWith(location.origin));
      if (!sheets.length) return null;
      return { kind, path: path(sheets[Math.floor(draw[0] * sheets.length)]), draw };
    }
    if (!pool.length) return null;
    return { kind, path: path(pool[Math.floor(draw[0] * pool.length)]), draw };
  };

  const pick = (list, d) => list[Math.floor(d * list.length)];
  const far = (list, now, d) => {
    const n = (now.match(/[\d.]+/g) || ["0", "0", "0"]).slice(0, 3).map(Number);
    const rest = list.filter((c) => [1, 3, 5].some((k, i) => Math.abs(parseInt(c.slice(k, k + 2), 16) - n[i]) > 60));
    return pick(rest, d);
  };
  const spread = (d, low, high) => low + Math.round(d * (high - low));
  const edits = {
    digit: (t, d) => {
      const places = [...t.matchAll(/\d/g)].map((m) => m.index), at = pick(places, d[1]);
      return t.slice(0, at) + ((Number(t[at]) + 1 + Math.floor(d[2] * 9)) % 10) + t.slice(at + 1);
    },
    letter: (t, d) => {
      const at = pick([...t.matchAll(/[a-z]/gi)].map((m) => m.index), d[1]);
      const others = [..."aegkmostxz"].filter((c) => c !== t[at].toLowerCase());
      return t.slice(0, at) + pick(others, d[2]) + t.slice(at + 1);
    },
    word: (t, d) => {
      const m = pick([...t.matchAll(/[a-z]{3,}/gi)], d[1]);
      return t.slice(0, m.index) + pick(words.filter((w) => w !== m[0]), d[2]) + t.slice(m.index + m[0].length);
    },
    truncate: (t, d) => t.trimEnd().slice(0, Math.max(1, Math.floor(t.trim().length * (0.4 + 0.4 * d[1])))) + "…",
    locale: (_, d) => pick(locales, d[1]),
  };
  // Characters that are easily taken for each other.
  const alike = { 0: "8", 1: "7", 2: "7", 3: "8", 4: "9", 5: "6", 6: "8", 7: "1", 8: "6", 9: "8",
    a: "o", b: "h", c: "e", d: "a", e: "c", f: "t", g: "q", h: "n", i: "l", j: "i", k: "x", l: "i", m: "n",
    n: "h", o: "a", p: "b", q: "g", r: "t", s: "e", t: "r", u: "n", v: "y", w: "v", x: "k", y: "v", z: "s" };
  const character = (t, random) => {
    const at = pick([...t.matchAll(/[a-z0-9]/gi)].map((m) => m.index), random()), c = t[at];
    const all = /\d/.test(c) ? "0123456789" : /[a-z]/.test(c) ? "abcdefghijklmnopqrstuvwxyz" : "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const other = random() < 0.5 ? alike[c] : undefined;
    return t.slice(0, at) + (other ?? pick([...all].filter((o) => o !== c), random())) + t.slice(at + 1);
  };
  const styles = {
    hide: () => ({ visibility: "hidden" }),
    collapse: () => ({ display: "none" }),
    colour: (e, d) => ({ color: far(colours, getComputedStyle(e).color, d[1]) }),
    background: (e, d) => ({ background: far(colours, getComputedStyle(e).backgroundColor, d[1]) }),
    move: (_, d) => {
      const by = spread(d[1], 3, 12) * (d[2] < 0.5 ? -1 : 1);
      return { transform: d[3] < 0.5 ? `translateX(${by}px)` : `translateY(${by}px)` };
    },
    size: (e, d) => ({ "font-size": `${parseFloat(getComputedStyle(e).fontSize) * (d[1] < 0.5 ? 0.85 : 1.2)}px` }),
    family: (e, d) => ({ "font-family": pick(["DejaVu Serif", "Liberation Mono", "Liberation Serif"], d[1]) }),
    weight: (e) => ({ "font-weight": Number(getComputedStyle(e).fontWeight) >= 600 ? "400" : "700" }),
    padding: (_, d) => ({ "padding-left": `${spread(d[1], 4, 16)}px`, "padding-top": `${spread(d[2], 3, 12)}px` }),
    overlap: (_, d) => ({ position: "relative", top: `${d[1] < 0.5 ? -1 : 1}.2em`, "margin-bottom": "-1em" }),
    border: (e, d) => getComputedStyle(e).borderTopWidth === "0px" || d[1] < 0.5
      ? { border: `${spread(d[2], 1, 2)}px solid ${pick(colours, d[3])}` }
      : { "border-color": "transparent" },
    zorder: () => ({ position: "relative", "z-index": "-1" }),
    opacity: (_, d) => ({ opacity: String(0.35 + 0.3 * d[1]) }),
  };

  const apply = async ({ kind, path, draw }) => {
    const e = document.querySelector(path);
    if (!e) return false;
    if (edits[kind]) {
      const node = textNode(e);
      if (!node) return false;
      const before = node.data;
      node.data = edits[kind](before, draw);
      undo = () => { node.data = before; };
    } else if (styles[kind]) {
      const before = e.getAttribute("style");
      for (const [name, value] of Object.entries(styles[kind](e, draw))) e.style.setProperty(name, value, "important");
      undo = () => (before === null ? e.removeAttribute("style") : e.setAttribute("style", before));
    } else if (kind === "characters") {
      let seed = 1 + Math.floor(draw[1] * 1e9);
      const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
      // Of every line on the page, seen or not: a machine may show one more than another.
      const lines = [...e.children].filter((line) => line.firstChild?.nodeType === 3 && random() < 0.5);
      const before = lines.map((line) => line.textContent);
      for (const line of lines) line.textContent = character(line.textContent, random);
      undo = () => lines.forEach((line, i) => { line.textContent = before[i]; });
    } else if (kind === "stylesheet") {
      e.disabled = true;
      undo = () => { e.disabled = false; };
    } else if (kind === "image" || kind === "swap") {
      const before = e.getAttribute("src");
      const colour = pick(colours, draw[1]).replace("#", "%23");
      const { width, height } = e.getBoundingClientRect();
      e.setAttribute("src", kind === "image" ? "missing.png"
        : `data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="${colour}"/></svg>`);
      undo = () => e.setAttribute("src", before);
    } else if (kind === "icon") {
      const other = document.createElement("span"), { width, height } = e.getBoundingClientRect();
      const figure = pick(["★", "✖", "●", "▲", "■", "♥"], draw[1]);
      other.textContent = figure;
      other.style.cssText = `display:inline-block;width:${width}px;height:${height}px;line-height:${height}px;`
        + `font-size:${Math.min(width, height)}px;text-align:center;overflow:hidden;vertical-align:middle`;
      e.replaceWith(other);
      undo = () => other.replaceWith(e);
    }
    await new Promise((done) => setTimeout(done, kind === "image" || kind === "swap" || kind === "stylesheet" ? 150 : 20));
    return true;
  };

  const layout = () => [...document.body.querySelectorAll("*")].slice(0, 3000)
    .map((e) => e.getBoundingClientRect())
    .filter((r) => r.width > 0 && r.height > 0 && r.bottom > 0 && r.top < innerHeight)
    .flatMap((r) => [r.left, r.top, r.right, r.bottom].map((v) => Math.round(v * 10) / 10));
  const fields = () => all("input,textarea").map((e) => e.getBoundingClientRect())
    .map((r) => [r.left, r.top, r.width, r.height].map(Math.round));
  return { plan, apply, undo: () => undo(), layout, fields, path, texts };
})();
