"""Regressions of an element: each returns the changed element, or None if it has no such part."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import colours
import sheets
from widgets import FAMILIES, ICONS, OPPOSITES, STATES, Element

Draw = random.Random
Change = Callable[[Element, Draw], Element | None]
#: Letters and signs that are easily taken for each other.
ALIKE = dict(zip("aceghijlnouvxtrbdmkspqfyz", "oeoqnjiihaovkftdbnxzqptvs", strict=True))
SIGNS = {"-": "+", "+": "-", ".": ",", ",": ".", "%": "‰", "$": "€", "€": "£", "£": "$", ":": "."}
SIGNS |= {"<": ">", ">": "<", "≤": "≥", "≥": "≤", "#": "*"}
OTHER = dict(STATES) | {b: a for a, b in STATES}


def _character(element: Element, places: list[int], other: Callable[[str], str]) -> Element | None:
    """Return the element with one character replaced, at one of some places."""
    if not places:
        return None
    at = places[0]
    text = element.text[:at] + other(element.text[at]) + element.text[at + 1 :]
    return replace(element, text=text)


def _places(element: Element, draw: Draw, wanted: Callable[[str], bool]) -> list[int]:
    places = [i for i, character in enumerate(element.text) if wanted(character)]
    draw.shuffle(places)
    return places


def word(element: Element, draw: Draw) -> Element | None:
    """Write another word of about the same length, or the label of the other state."""
    words = element.text.split()
    places = [i for i, written in enumerate(words) if written.isalpha()]
    if not places:
        return None
    at = draw.choice(places)
    old = words[at]
    new = OTHER.get(old) or draw.choice(
        [w for w in sheets.WORDS if w != old.lower() and abs(len(w) - len(old)) < 2]
    )
    words[at] = new.upper() if old.isupper() else new.capitalize() if old[0].isupper() else new
    return replace(element, text=" ".join(words))


def digit(element: Element, draw: Draw) -> Element | None:
    """Write another digit."""
    places = _places(element, draw, str.isdigit)
    return _character(element, places, lambda old: draw.choice("0123456789".replace(old, "")))


def sign(element: Element, draw: Draw) -> Element | None:
    """Write another sign, such as a minus for a plus or a comma for a dot."""
    return _character(element, _places(element, draw, SIGNS.__contains__), SIGNS.__getitem__)


def letter(element: Element, draw: Draw) -> Element | None:
    """Write another letter, every second time one of a like shape."""

    def other(old: str) -> str:
        if draw.random() < 0.5 and old in ALIKE:
            return ALIKE[old]
        new = draw.choice("abcdefghjkmnopqrstuvxyz".replace(old.lower(), ""))
        return new.upper() if old.isupper() else new

    return _character(element, _places(element, draw, str.isalpha), other)


def italic(element: Element, _: Draw) -> Element | None:
    """Set the text in italics."""
    return replace(element, italic=True) if element.text else None


def strike(element: Element, _: Draw) -> Element | None:
    """Strike the text through."""
    return replace(element, decoration="line-through") if element.text else None


def weight(element: Element, _: Draw) -> Element | None:
    """Set the text bold, or no longer bold."""
    new = 400 if element.weight >= 600 else 700
    return replace(element, weight=new) if element.text else None


def underline(element: Element, _: Draw) -> Element | None:
    """Underline the text."""
    return replace(element, decoration="underline") if element.text else None


def ink(element: Element, draw: Draw) -> Element:
    """Fade the ink towards the ground, or give it another hue."""
    old, ground = colours.parsed(element.ink), colours.parsed(element.ground)
    if draw.random() < 0.6:
        return replace(
            element, ink=colours.code(colours.mixed(old, ground, draw.uniform(0.25, 0.6)))
        )
    hue = draw.choice(("#d93025", "#1a73e8", "#188038", "#b06000", "#9334e6"))
    return replace(element, ink=colours.code(colours.mixed(colours.parsed(hue), old, 0.2)))


def ground(element: Element, draw: Draw) -> Element:
    """Make the ground lighter or darker by some levels, or turn its hue."""
    old = colours.parsed(element.ground)
    if draw.random() < 0.6:
        new = colours.stepped(old, draw.choice((10, 14, 20, 32)))
    else:
        new = colours.turned(old, draw.choice((0.1, 0.25, 0.5, 0.75)))
    # The text's page goes with the ground where there is no edge between them.
    page = colours.code(new) if element.page == element.ground else element.page
    return replace(element, ground=colours.code(new), page=page)


def border(element: Element, draw: Draw) -> Element:
    """Add a border or leave it out, or draw it wider or in another colour."""
    across, colour = element.border
    if not across:
        return replace(element, border=(1, draw.choice((element.ink, "#d93025", "#7d8794"))))
    faded = colours.mixed(colours.parsed(colour), colours.parsed(element.ground), 0.5)
    choices = ((across, element.ground), (across + 1, colour), (across, colours.code(faded)))
    return replace(element, border=draw.choice(choices))


def radius(element: Element, draw: Draw) -> Element | None:
    """Round the corners, or make them square or rounder."""
    if element.page == element.ground and not element.border[0]:
        return None
    old = element.radius
    return replace(element, radius=draw.choice((4, 8)) if not old else draw.choice((0, old + 4)))


def icon(element: Element, draw: Draw) -> Element | None:
    """Show another icon, a smaller one or none."""
    if not element.icon:
        return None
    choice = draw.random()
    if choice < 0.25:
        return replace(element, icon_size=element.icon_size - 2)
    if choice < 0.35:
        return replace(element, icon="")
    others = [name for name in ICONS if name != element.icon]
    return replace(element, icon=OPPOSITES.get(element.icon) or draw.choice(others))


def size(element: Element, draw: Draw) -> Element | None:
    """Set the text a tenth larger or smaller, by 1 px at least."""
    by = max(1, round(element.size / 10)) * draw.choice((-1, 1))
    return replace(element, size=element.size + by) if element.text else None


def shift(element: Element, draw: Draw) -> Element:
    """Move the first line by 3 px."""
    return _moved(element, draw, 3)


def family(element: Element, draw: Draw) -> Element | None:
    """Set the text in another font."""
    others = [name for name in FAMILIES if name != element.family]
    return replace(element, family=draw.choice(others)) if element.text else None


def moved_by_one(element: Element, draw: Draw) -> Element:
    """Move the first line by 1 px, which is no regression."""
    return _moved(element, draw, 1)


def _moved(element: Element, draw: Draw, by: int) -> Element:
    return replace(element, shift=draw.choice(((by, 0), (-by, 0), (0, by), (0, -by))))


#: Their order makes two halves of every second kind, each with changes of text and of looks.
CHANGES: tuple[Change, ...] = (
    word,
    digit,
    sign,
    letter,
    italic,
    strike,
    weight,
    underline,
    ink,
    ground,
    border,
    radius,
    icon,
    size,
    shift,
    family,
)
CONTENT_CHANGES: tuple[Change, ...] = (word, digit, sign, letter, icon)
