// Areas and inks of a page, for `themes.py` and `moves.py`; comes after mutations.js.
// `imgsim.areas()` lists what one rule of a stylesheet may colour: {part, what, colour, under, paths}.
// `imgsim.dress(paths, style)` sets properties and `imgsim.undress()` takes them back.
(() => {
  const SMALLEST = 600;
  let undress = () => {};

  const seen = (e) => {
    const r = e.getBoundingClientRect(), s = getComputedStyle(e);
    if (s.visibility === "hidden" || Number(s.opacity) < 0.2) return 0;
    const across = Math.min(r.right, innerWidth) - Math.max(r.left, 0);
    const down = Math.min(r.bottom, innerHeight) - Math.max(r.top, 0);
    return across > 0 && down > 0 ? across * down : 0;
  };
  const levels = (colour) => {
    const n = (colour.match(/[\d.]+/g) || []).map(Number);
    return n.length === 3 || n[3] === 1 ? n.slice(0, 3).map(Math.round) : null;
  };
  // The colour of an element's own ground; null if it has none, or one that is no single colour.
  const own = (e) => {
    const s = getComputedStyle(e);
    return s.backgroundImage === "none" ? levels(s.backgroundColor) : null;
  };
  const under = (e) => {
    for (let at = e; at; at = at.parentElement) {
      const found = own(at);
      if (found) return found;
    }
    return [255, 255, 255];
  };
  const named = (e, words) => new RegExp(words, "i").test(`${e.tagName} ${e.className?.baseVal ?? e.className}`);
  const part = (e) => {
    const r = e.getBoundingClientRect();
    if (e === document.body) return "body";
    if (r.top < 120 && r.width > innerWidth / 2 && r.height < 160 && named(e, "header|nav|topbar")) return "header";
    if (r.height > innerHeight / 2 && r.width < innerWidth / 3 && named(e, "aside|side|menu|nav")) return "side bar";
    if (e.tagName === "TR") return "rows";
    if (named(e, "button|btn|badge|label")) return "button";
    if (named(e, "card|panel|tile|widget|box")) return "card";
    return "section";
  };
  const ink = (e) => {
    if (/^H[1-6]$/.test(e.tagName)) return "heading";
    return e.closest("a") ? "link" : "text";
  };

  const areas = () => {
    const groups = new Map();
    const add = (part, what, colour, below, e) => {
      const key = [part, what, colour].join();
      if (!groups.has(key)) groups.set(key, { part, what, colour, under: below, paths: [], area: 0 });
      groups.get(key).paths.push(imgsim.path(e));
      groups.get(key).area += seen(e);
    };
    for (const e of [document.body, ...document.body.querySelectorAll("*")]) {
      if (!seen(e)) continue;
      const name = part(e), colour = own(e) ?? (["body", "rows"].includes(name) ? under(e) : null);
      if (colour) add(name, "ground", colour, colour, e);
      if (colour && ["header", "card", "section", "side bar"].includes(name) && e.innerText)
        groups.set(imgsim.path(e), { part: name, what: "faded", colour, under: colour, paths: [imgsim.path(e)], area: seen(e) });
    }
    for (const e of imgsim.texts()) {
      const colour = levels(getComputedStyle(e).color);
      if (colour) add(ink(e), "ink", colour, under(e), e);
    }
    return [...groups.values()].filter((group) => group.area >= SMALLEST);
  };

  const dress = (paths, style) => {
    const elements = paths.map((path) => document.querySelector(path)).filter(Boolean);
    const before = elements.map((e) => e.getAttribute("style"));
    for (const e of elements)
      for (const [name, value] of Object.entries(style)) e.style.setProperty(name, value, "important");
    undress = () => elements.forEach((e, i) =>
      before[i] === null ? e.removeAttribute("style") : e.setAttribute("style", before[i]));
  };
  // An inline element cannot be translated, and one that is placed keeps its place.
  const shift = (path, x, y) => {
    const { display, position } = getComputedStyle(document.querySelector(path));
    const style = display === "inline" && position === "static"
      ? { position: "relative", left: `${x}px`, top: `${y}px` } : { translate: `${x}px ${y}px` };
    dress([path], style);
  };
  const box = (path) => {
    const r = document.querySelector(path).getBoundingClientRect();
    return [Math.floor(r.left), Math.floor(r.top), Math.ceil(r.right), Math.ceil(r.bottom)];
  };
  Object.assign(imgsim, { areas, dress, undress: () => undress(), shift, box });
})();
