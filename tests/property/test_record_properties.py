"""Records on their way: out of a worker, and into results.json and back."""

from __future__ import annotations

import json
from dataclasses import fields

import execnet
from hypothesis import given
from hypothesis import strategies as st

from pytest_imgsim.record import EXACT, Record

# A record holds shares and scores: no NaN, which is not even equal to itself. It holds places of
# pixels: execnet sends no lower number than these.
st.register_type_strategy(float, st.floats(0, 1))
st.register_type_strategy(int, st.integers(-(2**31), 2**31))
st.register_type_strategy(str, st.text(max_size=20))
#: Every field is drawn by its declared type, those with a default too.
RECORDS = st.builds(Record, **{field.name: ... for field in fields(Record)})


@given(RECORDS)
def test_a_record_is_read_back(record: Record) -> None:
    """What results.json holds is the whole record."""
    assert Record.from_dict(json.loads(json.dumps(record.to_dict()))) == record


@given(RECORDS)
def test_a_record_crosses_to_the_controller(record: Record) -> None:
    """What a worker of xdist sends is the whole record, in exact builtins."""
    data = record.to_dict()
    assert {type(value) for value in data.values()} <= EXACT | {list, dict}
    assert Record.from_dict(execnet.loads(execnet.dumps(data))) == record
