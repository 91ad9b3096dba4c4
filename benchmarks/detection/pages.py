"""Small pages of our own, drawn from random numbers: header, side bar, cards, table, sections."""

from __future__ import annotations

import random

import sheets

SIZE = (800, 560)
#: Header, side bar, body, card, row, line, ink, pale ink, accent.
PALETTES = [
    line.split()
    for line in (
        "#1f3044 #2a3f58 #f7f8fa #ffffff #f2f4f7 #d9dee5 #22272e #68717d #0b62c4",
        "#ffffff #f3f0fa #ffffff #faf9fd #f4f1fb #e2dcf0 #2b2140 #75698c #6a3fb5",
        "#0e6b4f #e6f2ed #fbfdfc #ffffff #eef6f2 #cfe2d9 #17332a #5a756b #0e6b4f",
        "#15181d #1b1f26 #101318 #1d222a #222833 #333b47 #e7eaee #939dab #4b9bff",
        "#8a2432 #f6eeee #fdfaf8 #ffffff #f8f1ec #e6d8cf #332522 #80706a #b4432f",
        "#243b8f #30499f #eef1fb #ffffff #f5f7fe #ccd4ee #1b2444 #636d92 #e0651a",
    )
]
LIGHT, DARK = "#f4f6f9", "#22272e"
Draw = random.Random


def page(draw: Draw) -> str:
    """Return a page as HTML."""
    parts = [_cards(draw), _table(draw), _section(draw), _form(draw)]
    draw.shuffle(parts)
    side = _side(draw) if draw.random() < 0.6 else ""
    main = "".join(parts[:3])
    return (
        f"<!DOCTYPE html><meta charset=utf-8><style>{_style(draw)}</style><body>"
        f"{_header(draw)}<div class=columns>{side}<main>{main}</main></div>"
    )


def _style(draw: Draw) -> str:
    header, side, body, card, row, line, ink, pale, accent = draw.choice(PALETTES)
    family, size = draw.choice(sheets.FAMILIES), draw.choice((12, 13, 14, 15))
    radius = draw.choice((0, 4, 8))
    return f"""
body {{ margin: 0; background: {body}; color: {ink}; font: {size}px/1.45 '{family}' }}
header {{ background: {header}; color: {_on(header)}; padding: 12px 20px;
  display: flex; gap: 20px }}
header b {{ font-size: {size + 3}px }}
.columns {{ display: flex }}
aside {{ background: {side}; color: {_on(side)}; width: 150px; height: 600px; padding: 12px 16px }}
aside p {{ margin: 0 0 8px }}
main {{ flex: 1; padding: 12px 20px }}
h2 {{ font-size: {size + 6}px; margin: 8px 0; color: {ink} }}
small {{ color: {pale} }}
a {{ color: {accent} }}
section {{ background: {row}; padding: 6px 14px 12px; margin: 10px 0 }}
section p {{ margin: 0 }}
.cards {{ display: flex; gap: 12px; margin: 8px 0 }}
.card {{ background: {card}; border: 1px solid {line}; border-radius: {radius}px; padding: 10px;
  flex: 1 }}
.card b {{ display: block; font-size: {size + 8}px }}
table {{ border-collapse: collapse; width: 100%; background: {card} }}
td, th {{ padding: 4px 8px; border-bottom: 1px solid {line}; text-align: left }}
tbody tr:nth-child(even) {{ background: {row} }}
button {{ background: {accent}; color: {_on(accent)}; border: 0; border-radius: {radius}px;
  padding: 7px 16px; font: inherit }}
input {{ border: 1px solid {line}; background: {card}; color: {ink}; padding: 6px; font: inherit }}
input::placeholder {{ color: {pale}; opacity: 1 }}
"""


def _on(ground: str) -> str:
    """Return an ink that can be read on a ground."""
    levels = bytes.fromhex(ground.removeprefix("#"))
    return DARK if sum(levels) > 3 * 140 else LIGHT


def _words(draw: Draw, count: int) -> str:
    return " ".join(draw.sample(sheets.WORDS, count)).capitalize()


def _header(draw: Draw) -> str:
    links = "".join(f"<span>{_words(draw, 1)}</span>" for _ in range(draw.choice((3, 4, 5))))
    return f"<header><b>{_words(draw, 1)}</b>{links}</header>"


def _side(draw: Draw) -> str:
    return "<aside>" + "".join(f"<p>{_words(draw, 2)}</p>" for _ in range(9)) + "</aside>"


def _cards(draw: Draw) -> str:
    cards = "".join(
        f"<div class=card><small>{_words(draw, 2)}</small>"
        f"<b>{draw.randrange(100, 9999):,}</b></div>"
        for _ in range(draw.choice((2, 3, 4)))
    )
    return f"<h2>{_words(draw, 2)}</h2><div class=cards>{cards}</div>"


def _table(draw: Draw) -> str:
    head = "".join(f"<th>{_words(draw, 1)}</th>" for _ in range(3))
    rows = "".join(
        f"<tr><td>{_words(draw, 2)}<td>{draw.randrange(10000) / 100:.2f}"
        f"<td><a>{_words(draw, 1)}</a>"
        for _ in range(draw.choice((4, 5, 6)))
    )
    return f"<table><thead><tr>{head}</thead><tbody>{rows}</tbody></table>"


def _section(draw: Draw) -> str:
    return (
        f"<section><h2>{_words(draw, 3)}</h2><p>{_words(draw, 14)}. {_words(draw, 9)}.</p>"
        f"<p><a>{_words(draw, 3)}</a></p></section>"
    )


def _form(draw: Draw) -> str:
    return (
        f"<p><small>{_words(draw, 2)}</small><br><input placeholder='{_words(draw, 2)}'> "
        f"<button>{_words(draw, 1)}</button></p>"
    )
