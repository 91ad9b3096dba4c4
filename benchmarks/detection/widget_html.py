"""Elements of `widgets` as HTML.

The captured box is a little page of its own: outside the rounded corners lies the page's ground.
"""

from __future__ import annotations

import html as escaping

from widgets import ICONS, Element


def html(element: Element, left: int, top: int) -> str:
    """Return the element as HTML, its box at a place of the page."""
    e = element
    # The shadow continues the page's ground, for machines that lay the box out beside its place.
    box = (
        f"left:{left}px;top:{top}px;width:{e.width}px;height:{e.height}px;"
        f"background:{e.page};box-shadow:0 0 0 2px {e.page}"
    )
    border = "border" if e.sides == "all" else f"border-{e.sides}"
    body = (
        f"background:{e.ground};color:{e.ink};{border}:{e.border[0]}px solid {e.border[1]};"
        f"border-radius:{e.radius}px;align-items:{e.align};"
        f"font:{'italic' if e.italic else 'normal'} {e.weight} {e.size}px '{e.family}'"
    )
    line = (
        f"left:{e.shift[0]}px;top:{e.shift[1]}px;text-decoration:{e.decoration};"
        f"justify-content:{e.align}"
    )
    inner = _svg(e) + (f"<span>{escaping.escape(e.text)}</span>" if e.text else "")
    more = "".join(f"<div class=more><span>{escaping.escape(text)}</span></div>" for text in e.more)
    style = escaping.escape(body)
    return (
        f'<div class=box style="{box}"><div class=body style="{style}">'
        f'<div class=line style="{line}">{inner}</div>{more}</div></div>'
    )


#: What all elements share.
STYLE = """
body { margin: 0 }
.box { position: absolute; overflow: hidden }
.body { box-sizing: border-box; width: 100%; height: 100%; padding: 0 8px;
  display: flex; flex-direction: column; justify-content: center; white-space: nowrap }
.line { position: relative; display: flex; align-items: center; gap: 6px }
.more { opacity: .8; margin-top: 2px }
svg { flex: none; fill: none; stroke: currentColor; stroke-width: 2.5 }
"""


def _svg(element: Element) -> str:
    if not element.icon:
        return ""
    size, path = element.icon_size, ICONS[element.icon]
    return f'<svg width={size} height={size} viewBox="0 0 24 24"><path d="{path}"/></svg>'
