"""The review page as a text; `integration/test_review_page.py` opens it in a browser."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

from fakes import a_record

from pytest_imgsim.record import RegionScore
from pytest_imgsim.report.html import page
from pytest_imgsim.results.content import Results

REGIONS = (
    RegionScore(1, 2, 3, 4, 0.5, "moved", -3, 5, cosine=0.9375, weight=2.9, reason="same renderer"),
    RegionScore(5, 6, 7, 8, 0.7),
)


def data(text: str) -> Any:
    """Return what the page's script is given."""
    found = re.search(r'id="data">(.*?)</script>', text, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_regions_have_words() -> None:
    """The script gets each region's change, and what its score is made of, in words."""
    [record] = data(page(Results([a_record(regions=REGIONS)]), "out"))["records"]
    assert [(region["words"], region["origin"]) for region in record["regions"]] == [
        (
            "moved left by 3 px and down by 5 px",
            "cosine 0.9375, weighted 2.9: same renderer",
        ),
        ("", ""),
    ]


def test_one_script_may_run() -> None:
    """The policy allows the page's script by its digest, whole, and no other."""
    text = page(Results([a_record(message="{{script}} </script> <b>")]), "out")
    script = text.rpartition("<script>")[2].partition("</script>")[0]
    assert "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() in text
    assert script.startswith('"use strict";')
    assert script.rstrip().endswith("drawRows();")
    assert data(text)["records"][0]["message"] == "{{script}} </script> <b>"


def test_served_pages_may_send_requests() -> None:
    """Only a page with a server may connect to it."""
    assert "connect-src 'self'" in page(Results(), "out", accepted=[])
    assert "connect-src" not in page(Results(), "out").partition("<script>")[0]
