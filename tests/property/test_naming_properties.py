"""Names of baselines, for any text that a test may be named with."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pytest_imgsim.baselines.naming import RESERVED, decode_segment, encode_segment, name_of

#: Any text without NUL, also characters that no encoding allows.
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=()), min_size=1)
#: Few characters, so that texts which might meet are often drawn; some too long for a segment.
NASTY = st.text("aA.%!~/: 2", min_size=1, max_size=6) | st.builds(
    lambda text, times: text * times, st.sampled_from(["a", "A", "%", ". "]), st.integers(95, 205)
)
WORDS = st.text("aA_b", min_size=1, max_size=3)
FILES = st.lists(WORDS, min_size=1, max_size=3).map(lambda parts: "/".join(parts) + ".py")
PARAMETERS = st.just("") | NASTY.map(lambda text: f"[{text}]")


@given(TEXTS | NASTY, st.booleans())
def test_a_segment_is_read_back(text: str, fold: bool) -> None:
    """Decoding gives the text that was encoded."""
    assert decode_segment(encode_segment(text, fold=fold)) == text


@given(TEXTS | NASTY, st.booleans())
def test_a_segment_is_legal_on_every_file_system(text: str, fold: bool) -> None:
    """Each part is printable ASCII of at most 255 characters, and has no meaning of its own."""
    for part in encode_segment(text, fold=fold).split("/"):
        assert part.isascii()
        assert part.isprintable()
        assert 0 < len(part) < 255 - len(".baseline.png")
        assert not set(part) & set('<>:"\\|?*~')
        assert part[0] != "."
        assert part[-1] not in ". "
        assert not RESERVED.match(part)


@given(st.lists(TEXTS | NASTY, unique=True, max_size=30))
def test_folded_texts_stay_apart_without_case(texts: list[str]) -> None:
    """Two texts never share a segment, also where case does not count."""
    assert len({encode_segment(text, fold=True).casefold() for text in texts}) == len(texts)


@given(WORDS, st.lists(PARAMETERS, unique=True, max_size=30))
def test_parameters_stay_apart_without_case(function: str, parameters: list[str]) -> None:
    """Two sets of parameters of one test never share a path, also where case does not count."""
    names = {name_of("t.py", (), function + each, None).casefold() for each in parameters}
    assert len(names) == len(parameters)


@given(
    st.lists(
        st.tuples(FILES, st.lists(WORDS, max_size=2).map(tuple), WORDS, PARAMETERS),
        unique=True,
        max_size=30,
    )
)
def test_tests_stay_apart(tests: list[tuple[str, tuple[str, ...], str, str]]) -> None:
    """Two tests never share a path; without case, only those named alike but for case do."""
    names = [name_of(file, classes, name + given, None) for file, classes, name, given in tests]
    assert len(set(names)) == len(tests)
    folded = {name.casefold() for name in names}
    apart = {
        (file.casefold(), tuple(name.casefold() for name in (*classes, function)), given)
        for file, classes, function, given in tests
    }
    assert len(folded) == len(apart)
