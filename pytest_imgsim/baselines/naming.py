"""Names of baselines: from a test to a path that is unique on every file system, and back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from urllib.parse import quote, unquote

from pytest_imgsim.errors import BaselineError

#: Bytes of one path segment: file systems allow 255, and our suffixes need some of them.
MAX_SEGMENT = 200
#: What joins the parts of a long segment. No encoded character has a bare %, and with one in front
#: the second part is neither a hidden file nor the name of a device.
CUT = "%/%"
SAFE = " -_.,()[]+=@#&"
#: The end of a variant's file name without its suffix: a tilde, which no encoded name has, and a
#: number.
VARIANT = re.compile(r"~([2-9]|[1-9][0-9]+)\Z")
#: Names that Windows reserves for devices, with any suffix.
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


@lru_cache(maxsize=1024)
def encode_segment(text: str, *, fold: bool = False) -> str:
    """Return `text` as a path segment that is valid and unique on every file system.

    Parameters
    ----------
    text : str
        Any text that is not empty.
    fold : bool
        Whether an upper case letter is written as ``!`` and the lower case letter, so that texts
        that differ only in case do not share a file on file systems that ignore case.

    Returns
    -------
    str
        ASCII, with unsafe characters percent-encoded. More than 200 characters are split into
        several segments, joined by ``%/%``.

    Raises
    ------
    BaselineError
        If `text` is empty or has a NUL character.

    Examples
    --------
    >>> encode_segment("t[a/b]"), encode_segment("t[a:b]")
    ('t[a%2Fb]', 't[a%3Ab]')
    >>> encode_segment("[Dark]", fold=True)
    '[!dark]'
    """
    if not text or "\0" in text:
        raise BaselineError(
            f"baseline name {text!r}: expected a text that is not empty, without NUL"
        )
    encoded = quote(text, safe=SAFE, errors="surrogatepass").replace("~", "%7E")
    if fold:
        encoded = re.sub(r"%..|[A-Z]", _fold, encoded)
    if encoded[0] == "." or RESERVED.match(encoded):
        encoded = f"%{ord(encoded[0]):02X}{encoded[1:]}"
    if encoded[-1] in ". ":
        encoded = f"{encoded[:-1]}%{ord(encoded[-1]):02X}"
    parts = [encoded[i : i + MAX_SEGMENT] for i in range(0, len(encoded), MAX_SEGMENT)]
    return CUT.join(parts)


def _fold(match: re.Match[str]) -> str:
    found = match.group()
    return found if found[0] == "%" else f"!{found.lower()}"


def decode_segment(segment: str) -> str:
    """Return the text that :func:`encode_segment` was given."""
    whole = segment.replace(CUT, "")
    unfolded = re.sub(r"!([a-z])", lambda match: match.group(1).upper(), whole)
    return unquote(unfolded, errors="surrogatepass")


@lru_cache(maxsize=1024)
def encode_path(path: str) -> str:
    """Return the path of a test file or folder, relative to rootdir, as baseline names have it."""
    return "/".join(encode_segment(part) for part in path.removesuffix(".py").split("/") if part)


def name_of(test_file: str, classes: tuple[str, ...], test: str, given: str | None) -> str:
    """Return the name of a test's baseline: a relative path with slashes, without a suffix.

    Parameters
    ----------
    test_file : str
        Path of the test file, relative to rootdir, with slashes.
    classes : tuple of str
        Names of the classes that the test is in, outermost first.
    test : str
        The test's name, with its parameters in brackets if it has any.
    given : str or None
        A name within the test; slashes make folders.

    Returns
    -------
    str
        File, classes, test and `given`: ``tests/test_shop/test_cart[a]/form``.

    Raises
    ------
    BaselineError
        If `given` is empty or absolute, or has ``..`` in it.
    """
    function, bracket, parameters = test.partition("[")
    head = encode_segment(".".join([*classes, function]))
    tail = encode_segment(bracket + parameters, fold=True) if bracket else ""
    segments = [encode_path(test_file), _join(head, tail)]
    if given is not None:
        segments += [encode_segment(part) for part in _parts(given)]
    return "/".join(segments)


def _join(head: str, tail: str) -> str:
    """Return both as one segment, split again where it is too long."""
    whole = (head + tail).replace(CUT, "")
    return CUT.join(whole[i : i + MAX_SEGMENT] for i in range(0, len(whole), MAX_SEGMENT))


def _parts(given: str) -> list[str]:
    parts = given.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\\" in given:
        raise BaselineError(
            f"baseline name {given!r}: expected words joined by single slashes, without '..', "
            "'\\' or a slash at the ends; a path needs a suffix such as .png"
        )
    return parts


@dataclass(frozen=True)
class TestId:
    """The test that a comparison belongs to.

    Parameters
    ----------
    node : str
        Its node id.
    file : str
        Path of its file, relative to rootdir, with slashes.
    classes : tuple of str
        Names of the classes that it is in, outermost first.
    name : str
        Its name, with its parameters in brackets if it has any.
    markers : tuple of str
        Names of its markers, by which the results can be filtered.
    repeat : str
        Which one of several runs of the same test this is, where a plugin repeats tests: the node
        id has it, and the name has not.
    """

    node: str
    file: str
    classes: tuple[str, ...]
    name: str
    markers: tuple[str, ...] = ()
    repeat: str = ""

    __test__ = False  # not a test class, whatever its name

    @property
    def subject(self) -> str:
        """The node id that all repeats of the test have in common."""
        return "::".join([self.file, *self.classes, self.name])

    def repeats(self, other: TestId) -> bool:
        """Return whether this is another run of the same test."""
        return self.node != other.node and self.subject == other.subject

    def baseline_name(self, given: str | None = None) -> str:
        """Return the name of this test's baseline, or of the one that it calls `given`."""
        if given is None:
            return self._own_name
        return name_of(self.file, self.classes, self.name, given)

    @cached_property
    def _own_name(self) -> str:
        return name_of(self.file, self.classes, self.name, None)
