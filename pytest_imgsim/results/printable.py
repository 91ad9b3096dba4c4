"""Text from elsewhere, made fit to be shown.

Names of tests and pictures may come from a file that somebody else wrote. A terminal acts on the
escape sequences in them: it may hide lines, show others, or type what it is told to.
"""

from __future__ import annotations


def printable(text: str) -> str:
    r"""Return `text` with every character that has no shape of its own as an escape.

    Examples
    --------
    >>> print(printable("café \x1b[2J\n"))
    café \x1b[2J\n
    """
    if text.isprintable():
        return text
    return "".join(map(_shown, text))


def printable_lines(text: str) -> str:
    """Return a text of several lines, each of them as :func:`printable` has it."""
    return "\n".join(map(printable, text.split("\n")))


def _shown(letter: str) -> str:
    return letter if letter.isprintable() else letter.encode("unicode_escape").decode()
