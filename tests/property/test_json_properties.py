"""JSON that anybody may have written is read as what it has to be, or refused."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pytest_imgsim.files.strict_json import loads, parse
from pytest_imgsim.record import Record, Verdict

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
RECORD = Record("t.py::test_a", "t/test_a", Verdict.EQUAL, 0.5, "default").to_dict()


@given(st.dictionaries(st.sampled_from(sorted(RECORD)), JSON, max_size=4))
def test_a_record_or_a_value_error(changes: dict[str, Any]) -> None:
    """Whatever is in a file, it is a whole record or refused."""
    text = json.dumps({**RECORD, **changes}).encode()
    try:
        record = parse(Record, loads(text))
    except ValueError:
        return
    assert parse(Record, loads(json.dumps(record.to_dict(), allow_nan=False).encode())) == record


@given(st.binary(max_size=40) | st.sampled_from([b"[" * 9**5, b'{"":' * 9**5, b"1e999", b"NaN"]))
def test_a_value_or_a_value_error(data: bytes) -> None:
    """Bytes that are not JSON, or too deep, are refused."""
    try:
        loads(data)
    except ValueError:
        return
