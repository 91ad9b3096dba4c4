"""Names of baselines: kept apart, allowed everywhere, and read back."""

from __future__ import annotations

import random

import pytest
from fakes import a_test

from pytest_imgsim.baselines.naming import RESERVED, TestId, decode_segment, encode_segment, name_of
from pytest_imgsim.errors import BaselineError

NASTY = [
    "a",
    "A",
    " ",
    ".",
    "..",
    "...",
    "a.",
    "a ",
    ".a",
    "-",
    "%",
    "%%",
    "%2F",
    "!",
    "!a",
    "!A",
    "~",
    "a/b",
    "a\\b",
    "a:b",
    "a*b?",
    '"<>|',
    "\n\t\r",
    "\x7f",
    "con",
    "CON",
    "Con.txt",
    "nul",
    "NUL.",
    "aux.b",
    "com1",
    "LPT9.x",
    "conx",
    "com",
    "[A]",
    "[a]",
    "[%]",
    "ä",
    "Ä",
    "ß",
    "ẞ",
    "ſ",
    "K",
    "k",
    "日本語",
    "e\u0301",
    "\u00e9",
    "🙂",
    "\ud800",
    "\u202e",
    "ǅ",
    "ı",
    "İ",
    "#1",
    "a&b=c",
    "$HOME",
    "a;b",
    "`x`",
    "'q'",
    "%/",
    "a%/b",
    "x" * 600,
    "%" * 300,
    "é" * 300,
    "A" * 600,
    "x" * 200 + "con",
    "x" * 200 + ".y",
    "x" * 199 + " y",
    "x" * 198 + "..y",
    "." * 450,
    "x" * 200 + "." * 3,
]
ALPHABET = "abAB01 .-_%!~/\\:[]()+#äßé日🙂\n\"'con"


def texts(count: int) -> list[str]:
    """Return random texts of nasty characters, some of them long, always the same ones."""
    source = random.Random(7)
    return ["".join(source.choices(ALPHABET, k=source.randint(1, 9))) for _ in range(count)] + [
        "".join(source.choices(ALPHABET, k=source.randint(150, 500))) for _ in range(count // 20)
    ]


def some(fold: bool) -> list[tuple[str, str]]:
    return [(text, encode_segment(text, fold=fold)) for text in [*NASTY, *texts(1500)]]


@pytest.mark.parametrize("fold", [False, True])
def test_decode_gives_the_text_back(fold: bool) -> None:
    """Whatever was encoded can be read back, long texts over several segments too."""
    assert [text for text, segment in some(fold) if decode_segment(segment) != text] == []


def test_folded_names_stay_apart_without_case() -> None:
    """No two texts meet on a file system that ignores case."""
    seen: dict[str, str] = {}
    for text, segment in some(fold=True):
        assert seen.setdefault(segment.casefold(), text) == text


@pytest.mark.parametrize("fold", [False, True])
def test_segments_are_allowed_everywhere(fold: bool) -> None:
    """Each segment is ASCII, short enough, and nothing that Windows or POSIX gives a meaning."""
    for _, name in some(fold):
        for segment in name.split("/"):
            assert segment.isascii()
            assert segment.isprintable()
            assert 0 < len(segment) <= 202
            assert not set(segment) & set('<>:"\\|?*~')
            assert segment[-1] not in ". "
            assert segment not in (".", "..")


@pytest.mark.parametrize("fold", [False, True])
def test_segments_are_not_hidden(fold: bool) -> None:
    """No segment begins with a dot, also where a long text was cut."""
    segments = [segment for _, name in some(fold) for segment in name.split("/")]
    assert [segment for segment in segments if segment[0] == "."] == []


@pytest.mark.parametrize("fold", [False, True])
def test_segments_are_no_devices(fold: bool) -> None:
    """No segment is named like a device of Windows, also where a long text was cut."""
    segments = [segment for _, name in some(fold) for segment in name.split("/")]
    assert [segment for segment in segments if RESERVED.match(segment)] == []


@pytest.mark.parametrize(
    ("text", "fold", "expected"),
    [
        ("t[a/b]", False, "t[a%2Fb]"),
        ("t[a:b]", False, "t[a%3Ab]"),
        ("[A]", True, "[!a]"),
        ("[a]", True, "[a]"),
        ("[ä]", True, "[%C3%A4]"),
        ("[Dark Mode, 1280-800]", True, "[!dark !mode, 1280-800]"),
        ("con", False, "%63on"),
        ("..", False, "%2E%2E"),
    ],
)
def test_known_segments(text: str, fold: bool, expected: str) -> None:
    """Plain texts stay readable."""
    assert encode_segment(text, fold=fold) == expected


@pytest.mark.parametrize("text", ["", "\0", "a\0b"])
def test_refuses_empty_and_nul(text: str) -> None:
    """No file can be named like that."""
    with pytest.raises(BaselineError, match="expected a text that is not empty, without NUL"):
        encode_segment(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("t[a/b]", "t[a:b]"),
        ("t[A]", "t[a]"),
        ("t[1]", "t[1.]"),
        ("t[]", "t"),
        ("t[\u00e9]", "t[e\u0301]"),
    ],
)
def test_tests_stay_apart(one: str, other: str) -> None:
    """Tests that differ in one character have two baselines, whatever the file system."""
    first, second = (a_test(name).baseline_name().casefold() for name in (one, other))
    assert first != second


def test_name_of_a_test() -> None:
    """File, classes, test and given name make a path that reads like the node id."""
    assert name_of("tests/test_shop.py", (), "test_cart", None) == "tests/test_shop/test_cart"
    assert (
        name_of("tests/test_shop.py", ("TestA", "TestB"), "test_cart[Dark]", "form/open")
        == "tests/test_shop/TestA.TestB.test_cart[!dark]/form/open"
    )
    test = TestId("x", "tests/test_shop.py", ("TestA",), "test_cart")
    assert test.baseline_name("2") == "tests/test_shop/TestA.test_cart/2"


def test_a_file_above_rootdir_does_not_climb() -> None:
    """A test file outside rootdir gives a name without dots that climb."""
    assert name_of("../other/test_a.py", (), "t", None) == "%2E%2E/other/test_a/t"


def test_long_parameters_are_cut_and_read_back() -> None:
    """A parameter of 600 characters makes segments that leave room for suffixes."""
    test = "test_cart[" + "Äb" * 300 + "]"
    name = name_of("t.py", (), test, None)
    segments = name.split("/")
    assert segments[0] == "t"
    assert len(segments) > 2
    assert max(len(f"{segment}.baseline.png") for segment in segments) <= 255
    assert decode_segment("/".join(segments[1:])) == test


def test_long_parameters_that_end_alike_stay_apart() -> None:
    """Nothing of a long text is dropped."""
    names = {name_of("t.py", (), f"t[{'x' * 600}{i}{'y' * 300}]", None) for i in range(9)}
    assert len(names) == 9


@pytest.mark.parametrize(
    "given", ["", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/.", "a\\b", "\\"]
)
def test_refuses_given_names_that_climb(given: str) -> None:
    """A given name stays below the test's own."""
    with pytest.raises(BaselineError, match="expected words joined by single slashes"):
        a_test().baseline_name(given)


@pytest.mark.parametrize("given", ["a..b", "...", "v1.2", "con", "a:b", "ü"])
def test_given_names_may_be_odd(given: str) -> None:
    """Whatever else is given is encoded and can be read back."""
    last = a_test().baseline_name(given).split("/")[-1]
    assert decode_segment(last) == given
