"""Small elements of an interface, drawn from random numbers: buttons, labels, fields, cards.

An `Element` is all that can be seen of one; `widget_html.html` writes it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

import sheets

FAMILIES = (*sheets.FAMILIES, "DejaVu Serif", "DejaVu Sans Mono", "Liberation Sans Narrow")
#: Labels of two states, which a change of word mixes up.
STATES = (
    ("On", "Off"),
    ("Yes", "No"),
    ("Open", "Shut"),
    ("Online", "Offline"),
    ("Locked", "Unlocked"),
    ("Public", "Private"),
    ("Allow", "Refuse"),
    ("Start", "Stop"),
    ("Paid", "Unpaid"),
    ("Visible", "Hidden"),
)
#: Lines and shapes on 24 x 24 units.
ICONS = {
    "check": "M4 13l5 5L20 6",
    "cross": "M5 5l14 14M19 5L5 19",
    "plus": "M12 4v16M4 12h16",
    "minus": "M4 12h16",
    "left": "M15 4l-8 8 8 8",
    "right": "M9 4l8 8-8 8",
    "up": "M4 15l8-8 8 8",
    "down": "M4 9l8 8 8-8",
    "menu": "M3 6h18M3 12h18M3 18h18",
    "search": "M10 4a6 6 0 1 0 .01 0M15 15l6 6",
    "clock": "M12 3a9 9 0 1 0 .01 0M12 7v5l4 3",
    "person": "M12 4a4 4 0 1 0 .01 0M4 21c1-7 15-7 16 0",
    "house": "M3 12L12 4l9 8M6 10v10h12V10",
    "lock": "M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3",
    "warning": "M12 3L2 21h20zM12 10v5M12 17v2",
    "box": "M4 4h16v16H4z",
    "ticked": "M4 4h16v16H4zM7 12l4 4 6-8",
}
#: What an icon is mistaken for, or changes to when a state does.
OPPOSITES = {
    "box": "ticked",
    "ticked": "box",
    "left": "right",
    "right": "left",
    "up": "down",
    "down": "up",
    "plus": "minus",
    "minus": "plus",
    "check": "cross",
}
#: Page, grounds and inks of a light, a dark and a coloured look.
LOOKS = (
    (
        ("#ffffff", "#fafafa"),
        ("#ffffff", "#f6f7f9", "#eceff3"),
        ("#1f2328", "#3d444d", "#59636e", "#818b98", "#a5adb8"),
    ),
    (
        ("#14171c", "#1d1f27"),
        ("#22262e", "#2e333d", "#3a3f4b"),
        ("#f4f6f8", "#cdd3da", "#98a1ad", "#717b88"),
    ),
    (
        ("#ffffff", "#f1f3f6"),
        ("#0a58c2", "#1b7f4d", "#b3261e", "#6b3fa0", "#c75300", "#00707a"),
        ("#ffffff", "#e3eaf4", "#ffe9b8"),
    ),
    (
        ("#ffffff",),
        ("#fff1c9", "#d6f0df", "#d9ebfb", "#fbdcdc", "#ece1f8"),
        ("#3a2f00", "#0d4a2a", "#0b3d66", "#6e1414", "#44246b"),
    ),
)
MOST, LEAST, GRID = 300, 20, 4
#: Width of a letter of average text, in font sizes, with room to spare for bold letters.
LETTER = 0.66
Draw = random.Random


@dataclass(frozen=True)
class Element:
    """Everything that can be seen of an element; lengths in CSS pixels."""

    form: str
    text: str
    width: int
    height: int
    size: int
    family: str
    page: str
    ground: str
    ink: str
    weight: int = 400
    italic: bool = False
    decoration: str = "none"
    border: tuple[int, str] = (0, "#000000")
    sides: str = "all"
    radius: int = 0
    align: str = "flex-start"
    icon: str = ""
    icon_size: int = 16
    shift: tuple[int, int] = (0, 0)
    more: tuple[str, ...] = ()


def drawn(draw: Draw) -> Element:
    """Return an element of any form."""
    pages, grounds, inks = draw.choice(LOOKS)
    size = draw.choice((10, 11, 12, 12, 13, 14, 14, 15, 16, 18, 20, 22, 24, 28))
    form = draw.choice((*FORMS, "label", "button", "field"))
    plain = Element(
        form=form,
        text=_text(draw, (MOST - 60) / (LETTER * size)),
        width=0,
        height=0,
        size=size,
        family=draw.choice(FAMILIES),
        page=draw.choice(pages),
        ground=draw.choice(grounds),
        ink=draw.choice(inks),
        weight=draw.choice((400, 400, 400, 500, 600, 700)),
    )
    return _sized(FORMS[form](plain, draw), draw)


def _text(draw: Draw, letters: float) -> str:
    """Return a text of at most so many letters."""
    choices: tuple[Callable[[], str], ...] = (
        lambda: draw.choice(draw.choice(STATES)),
        lambda: draw.choice(draw.choice(STATES)),
        lambda: draw.choice(sheets.WORDS),
        lambda: draw.choice(sheets.WORDS).capitalize(),
        lambda: " ".join(draw.sample(sheets.WORDS, 2)).capitalize(),
        lambda: str(draw.randrange(1000)),
        lambda: f"{draw.choice('+-')}{draw.randrange(1, 1000) / 10:.1f}{draw.choice(['', '%'])}",
        lambda: f"{draw.choice('€$£')}{draw.randrange(100000) / 100:,.2f}",
        lambda: f"#{draw.randrange(100, 99999)}",
        lambda: f"v{draw.randrange(9)}.{draw.randrange(30)}.{draw.randrange(10)}",
        lambda: f"{draw.choice('<>≤≥')} {draw.randrange(100)}",
        lambda: sheets.text(draw),
        lambda: sheets.text(draw),
    )
    while len(text := draw.choice(choices)()) > letters:
        pass
    return text


def _sized(element: Element, draw: Draw) -> Element:
    """Return the element with a box on the grid that its text fits into."""
    lines = (element.text, *element.more)
    letters = LETTER * element.size * max(map(len, lines))
    icon = element.icon_size + 6 if element.icon else 0
    across = letters + icon + 2 * element.border[0] + draw.choice((16, 20, 32, 48))
    line = round(element.size * 1.3)
    down = max(line, icon) * (1 if not element.more else 1 + 1.1 * len(element.more))
    down += 2 * element.border[0] + draw.choice((8, 12, 16, 20))
    return replace(element, width=_on_grid(across), height=_on_grid(down))


def _on_grid(length: float) -> int:
    """Return a length that is whole device pixels at every machine's scale."""
    return min(MOST, max(LEAST, -int(-length // GRID) * GRID))


# --- forms: each dresses a plain element ----------------------------------------------------


def _label(element: Element, _: Draw) -> Element:
    return replace(element, page=element.ground)


def _button(element: Element, draw: Draw) -> Element:
    border = (draw.choice((0, 0, 1)), element.ink)
    radius = draw.choice((0, 3, 4, 6, 8, 14))
    weight = draw.choice((400, 600))
    return replace(element, border=border, radius=radius, weight=weight, align="center")


def _badge(element: Element, draw: Draw) -> Element:
    size = draw.choice((10, 11, 12))
    return replace(element, size=size, radius=draw.choice((3, 10)), weight=600, align="center")


def _field(element: Element, draw: Draw) -> Element:
    border = (draw.choice((1, 1, 2)), element.ink)
    return replace(element, border=border, radius=draw.choice((0, 3, 4)))


def _cell(element: Element, draw: Draw) -> Element:
    border = (1, draw.choice(("#d0d5db", "#7d8794")))
    align = draw.choice(("flex-start", "flex-end"))
    return replace(element, border=border, sides="bottom", align=align, page=element.ground)


def _tab(element: Element, draw: Draw) -> Element:
    icon = draw.choice(tuple(ICONS))
    return replace(element, border=(2, element.ink), sides="bottom", icon=icon, align="center")


def _alert(element: Element, draw: Draw) -> Element:
    icon = draw.choice(("", "warning", "check", "clock"))
    return replace(element, border=(4, element.ink), sides="left", icon=icon)


def _choice(element: Element, draw: Draw) -> Element:
    icon = draw.choice(("box", "ticked"))
    return replace(element, page=element.ground, icon=icon, icon_size=draw.choice((14, 16)))


def _icon_button(element: Element, draw: Draw) -> Element:
    size = draw.choice((14, 16, 20, 24))
    icon, radius = draw.choice(tuple(ICONS)), draw.choice((0, 4, 20))
    return replace(
        element,
        text="",
        icon=icon,
        icon_size=size,
        radius=radius,
        align="center",
        border=(1, element.ink),
    )


def _card(element: Element, draw: Draw) -> Element:
    size = draw.choice((11, 12, 13, 14))
    more = tuple(_text(draw, (MOST - 60) / (LETTER * size)) for _ in range(draw.choice((1, 2, 4))))
    border = (1, draw.choice(("#d0d5db", "#7d8794")))
    return replace(element, size=size, more=more, border=border, radius=draw.choice((0, 6)))


def _note(element: Element, draw: Draw) -> Element:
    size = draw.choice((11, 12, 13, 14))
    letters = int((MOST - 40) / (LETTER * size))
    # Lines as long as the box allows: other widths of letters add up along them.
    lines = (" ".join(draw.sample(sheets.WORDS, 9))[:letters] for _ in range(draw.choice((2, 3))))
    return replace(element, size=size, more=tuple(lines), page=element.ground)


Form = Callable[[Element, Draw], Element]
FORMS: dict[str, Form] = {
    "label": _label,
    "button": _button,
    "badge": _badge,
    "field": _field,
    "cell": _cell,
    "tab": _tab,
    "alert": _alert,
    "choice": _choice,
    "icon button": _icon_button,
    "card": _card,
    "note": _note,
}
