"""The pages of the shop as they are served: what a page says, within what all pages share."""

from __future__ import annotations

import re
from pathlib import Path

LAYOUT = "layout.html"
FIELDS = re.compile(
    r"<!-- title: (?P<title>.+) \| cart: (?P<cart>\d+) \| current: (?P<current>\w+) -->\n"
)


class PageError(Exception):
    """A page does not begin with the line that fills the layout."""


def read_text(path: Path) -> str:
    """Return the text of a file of the site; a page comes within the layout.

    A page is an HTML file whose first line is a comment with its title, the number on the
    cart, and the entry of the menu that is the current one (or ``none``).

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    PageError
        If it is a page without that line.
    """
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".html":
        return text
    fields = FIELDS.match(text)
    if fields is None:
        raise PageError(f"{path.name}: expected a first line as in {FIELDS.pattern!r}")
    layout = path.with_name(LAYOUT).read_text(encoding="utf-8")
    current = f"{{{{current {fields['current']}}}}}"
    filled = layout.replace("{{title}}", fields["title"]).replace("{{cart}}", fields["cart"])
    filled = re.sub(r"\{\{current \w+\}\}", "", filled.replace(current, ' aria-current="page"'))
    return filled.replace("{{main}}", text[fields.end() :])
