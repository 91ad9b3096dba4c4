"""Several accepted pictures of one name: found, compared with, and added to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes import Bench, Page, UntouchableModel, a_record, encoded, flat, png
from PIL import Image

from pytest_imgsim.baselines.naming import encode_segment
from pytest_imgsim.baselines.variants import Accepted, free_path
from pytest_imgsim.errors import BaselineError, PictureError, ResultsError
from pytest_imgsim.pictures.boxes import Box
from pytest_imgsim.record import Record, Verdict
from pytest_imgsim.report.message import failure_message
from pytest_imgsim.report.summary import row_cells
from pytest_imgsim.results.accept import apply, plan
from pytest_imgsim.results.folder import ResultsFolder

NAME = "tests/test_shop/test_cart"
GREY, RED, BLUE = (flat(64, 64, colour) for colour in ((200,) * 3, (200, 0, 0), (0, 0, 200)))
NEAR_RED = flat(64, 64, (201, 0, 0))
TALL = flat(80, 64)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A rootdir with a grey baseline."""
    made = Bench(tmp_path)
    made.store(png(GREY))
    return made


def add(bench: Bench, number: int, data: bytes, name: str = "test_cart") -> Path:
    """Write a variant."""
    path = bench.baseline.with_name(f"{name}~{number}.png")
    path.write_bytes(data)
    return path


def numbers(bench: Bench, folder: Path | None = None) -> list[int]:
    """Return the numbers of the accepted pictures."""
    return [each.number for each in Accepted(bench.baseline, folder or bench.root)]


def test_variants_are_found_by_their_numbers(bench: Bench) -> None:
    """Gaps are fine and ten comes after nine; what only looks like a variant is none."""
    for number in (10, 3, 9):
        add(bench, number, b"")
    for name in ("test_cart~1.png", "test_cart~02.png", "test_cart~2.jpg", "test_cart~x.png",
                 "test_cart~2~3.png", "test_cart2~2.png", "test_car~2.png", "test_cart~.png",
                 "test_cart~٣.png"):  # fmt: skip
        bench.baseline.with_name(name).write_bytes(b"")
    assert numbers(bench) == [1, 3, 9, 10]


def test_variants_without_a_main_file_do_not_count(bench: Bench) -> None:
    """Where the main file is gone, the baseline is missing."""
    add(bench, 2, png(RED))
    bench.baseline.unlink()
    assert numbers(bench) == []
    assert bench.check(RED).verdict is Verdict.MISSING


def test_a_variant_does_not_lead_out_of_the_folder(bench: Bench) -> None:
    """A link to a picture elsewhere is refused."""
    (bench.root / "secret.png").write_bytes(png(RED))
    bench.baseline.with_name("test_cart~2.png").symlink_to(bench.root / "secret.png")
    with pytest.raises(BaselineError, match=r"test_cart~2.png leads out of .*baselines"):
        bench.check(RED)


@pytest.mark.parametrize(("taken", "free"), [((), 2), ((2,), 3), ((3,), 2), ((2, 3, 5), 4)])
def test_free_path(bench: Bench, taken: tuple[int, ...], free: int) -> None:
    """The next variant has the first number that is free."""
    for number in taken:
        add(bench, number, b"")
    assert free_path(bench.baseline) == bench.baseline.with_name(f"test_cart~{free}.png")


@pytest.mark.parametrize("text", ["a~2", "~2", "a~", "~"])
def test_no_name_looks_like_a_variant(text: str) -> None:
    """A tilde in a name of the user's own is encoded."""
    assert "~" not in encode_segment(text)


def test_a_name_like_a_variant_is_a_baseline_of_its_own(bench: Bench) -> None:
    """The baselines 'form~2' and variant 2 of 'form' are two files."""
    record = bench.check(RED, "form~2", update="missing")
    assert record.baseline == f"baselines/{NAME}/form%7E2.png"
    assert bench.check(RED, "form").verdict is Verdict.MISSING


def test_equal_bytes_of_a_variant_are_not_decoded(bench: Bench) -> None:
    """The bytes of any accepted picture are equal; nothing is decoded and no model is asked."""
    bench.model = UntouchableModel()
    add(bench, 2, b"no picture")
    add(bench, 3, b"nor is this")
    record = bench.check(b"nor is this")
    assert (record.verdict, record.variant, record.score) == (Verdict.EQUAL, 3, 1.0)
    assert record.baseline == record.update_path == f"baselines/{NAME}.png"


def test_a_live_page_that_equals_a_variant_is_captured_once(bench: Bench) -> None:
    """It does not have to stand still, as with the main file."""
    page = Page(add(bench, 2, png(RED)).read_bytes())
    assert bench.check(page).variant == 2
    assert len(page.asked) == 1


def test_variants_are_not_decoded_where_the_main_file_is_equal(bench: Bench) -> None:
    """The same pixels in other bytes need one decode: a variant may even be broken."""
    page = flat(40, 60)
    main = bench.store(encoded(Image.fromarray(page), "PNG", compress_level=9))
    main.with_name("test_cart~2.png").write_bytes(b"no picture")
    bench.model = UntouchableModel()
    record = bench.check(encoded(Image.fromarray(page), "PNG", compress_level=0))
    assert (record.verdict, record.variant) == (Verdict.EQUAL, 1)


def test_equal_pixels_of_a_variant_need_no_model(bench: Bench) -> None:
    """The same pixels as any of them are equal before the model is asked about the first."""
    bench.model = UntouchableModel()
    add(bench, 2, encoded(Image.fromarray(RED), "PNG", compress_level=0))
    record = bench.check(RED)
    assert (record.verdict, record.variant) == (Verdict.EQUAL, 2)


def test_masks_lie_on_variants_too(bench: Bench) -> None:
    """What is ignored is hidden on every accepted picture."""
    bench.model = UntouchableModel()
    add(bench, 2, png(RED))
    spot = RED.copy()
    spot[:8, :8] = 0
    assert bench.check(spot, ignore=(Box(0, 0, 8, 8),)).variant == 2


def test_models_are_asked_until_one_passes(bench: Bench) -> None:
    """The first variant that passes ends the search; each pair takes two calls of the model."""
    add(bench, 2, png(RED))
    add(bench, 3, png(BLUE))
    record = bench.check(NEAR_RED)
    assert (record.verdict, record.variant) == (Verdict.PASSED, 2)
    assert (bench.model.calls, record.model_seconds) == (4, 2.0)


def test_the_best_score_counts_where_none_passes(bench: Bench) -> None:
    """A failure is reported and drawn against the nearest variant."""
    alone = bench.check(NEAR_RED)
    add(bench, 2, png(BLUE))
    add(bench, 3, png(RED))
    record = bench.check(NEAR_RED, threshold=1.0)
    assert (record.verdict, record.variant) == (Verdict.FAILED, 3)
    assert alone.score is not None
    assert alone.score < 0.9 < (record.score or 0)
    kept = bench.root / "imgsim-results" / str(record.baseline_copy)
    assert kept.read_bytes() == png(RED)


def test_other_sizes_are_left_out(bench: Bench) -> None:
    """A variant may have another size; only those of the actual picture's are compared."""
    add(bench, 2, png(TALL))
    assert bench.check(TALL).variant == 2
    near = TALL.copy()
    near[0, 0] = 199
    record = bench.check(near)
    assert (record.verdict, record.variant) == (Verdict.PASSED, 2)
    assert record.baseline_size == (64, 80)
    assert bench.check(GREY).variant == 1


def test_a_size_like_none_of_them(bench: Bench) -> None:
    """A size that no variant has is reported against the main file."""
    add(bench, 2, png(TALL))
    record = bench.check(flat(96, 64))
    assert (record.verdict, record.variant) == (Verdict.SIZE_CHANGED, 1)
    assert record.baseline_size == (64, 64)


def test_a_broken_variant_is_named(bench: Bench) -> None:
    """A variant that is no picture is an error once it is looked at."""
    add(bench, 2, b"no picture")
    with pytest.raises(PictureError, match=rf"baseline 'baselines/{NAME}~2.png'"):
        bench.check(RED)


def test_a_baseline_by_path_stands_alone(bench: Bench) -> None:
    """A path names one picture; what lies beside it is not looked at."""
    add(bench, 2, png(RED))
    record = bench.check(RED, bench.baseline)
    assert (record.verdict, record.variant) == (Verdict.FAILED, 1)


@pytest.mark.parametrize("mode", ["changed", "all"])
def test_an_update_replaces_the_main_file(bench: Bench, mode: str) -> None:
    """A mismatch goes to the main file, and variants stay as they are."""
    variant = add(bench, 2, png(RED))
    record = bench.check(png(BLUE), update=mode)
    assert (record.verdict, record.variant) == (Verdict.UPDATED, 1)
    assert (bench.baseline.read_bytes(), variant.read_bytes()) == (png(BLUE), png(RED))


@pytest.mark.parametrize("source", [RED, NEAR_RED, png(RED)], ids=["equal", "passed", "bytes"])
@pytest.mark.parametrize("mode", ["changed", "all"])
def test_what_matches_a_variant_is_never_written(bench: Bench, mode: str, source: Any) -> None:
    """No update puts a picture that a variant stands for in the place of the main file."""
    add(bench, 2, png(RED))
    record = bench.check(source, update=mode)
    assert (record.passed, record.variant) == (True, 2)
    assert bench.baseline.read_bytes() == png(GREY)


def test_variants_of_the_file_that_a_template_chose(bench: Bench) -> None:
    """The own baseline's variants count where there is an own one, else the shared one's."""
    options = {"template": "{browser}/{name}", "stable_timeout": 0.0}
    add(bench, 2, png(RED))
    record = bench.check(Page(png(RED)), **options)
    assert (record.variant, record.baseline) == (2, f"baselines/{NAME}.png")
    own = bench.root / f"baselines/firefox/{NAME}.png"
    own.parent.mkdir(parents=True)
    own.write_bytes(png(GREY))
    assert bench.check(Page(png(RED)), **options).verdict is Verdict.FAILED
    own.with_name("test_cart~2.png").write_bytes(png(RED))
    record = bench.check(Page(png(RED)), **options)
    assert (record.variant, record.baseline) == (2, f"baselines/firefox/{NAME}.png")


def accept(bench: Bench, *records: Record) -> list[str]:
    """Accept as variants."""
    folder = ResultsFolder(bench.root / "imgsim-results")
    baselines = bench.root / "baselines"
    acceptances = plan(folder, records, bench.root, baselines, as_variants=True)
    apply(acceptances, folder)
    return [acceptance.shown for acceptance in acceptances]


def test_accept_as_variant(bench: Bench) -> None:
    """The picture goes to the next free number, and all of them pass from then on."""
    for number, new in ((2, RED), (3, BLUE)):
        assert accept(bench, bench.check(new)) == [f"baselines/{NAME}~{number}.png"]
    seen = [bench.check(rgb) for rgb in (GREY, RED, BLUE)]
    assert [(each.verdict, each.variant) for each in seen] == [
        (Verdict.EQUAL, 1),
        (Verdict.EQUAL, 2),
        (Verdict.EQUAL, 3),
    ]


def test_accepting_twice_adds_one_variant(bench: Bench) -> None:
    """A picture that is a variant already is not added again."""
    record = bench.check(RED)
    assert accept(bench, record) == accept(bench, record) == [f"baselines/{NAME}~2.png"]
    assert numbers(bench) == [1, 2]


def test_the_first_baseline_is_no_variant(bench: Bench) -> None:
    """Where there is nothing yet to be a variant of, the main file is written."""
    assert accept(bench, bench.check(RED, "form")) == [f"baselines/{NAME}/form.png"]


def test_a_variant_goes_beside_the_file_compared_with(bench: Bench) -> None:
    """With a template, a shared baseline gets the variant, which would not be seen elsewhere."""
    options = {"template": "{browser}/{name}", "stable_timeout": 0.0}
    record = bench.check(Page(png(RED)), **options)
    assert record.update_path == f"baselines/firefox/{NAME}.png"
    assert accept(bench, record) == [f"baselines/{NAME}~2.png"]
    assert bench.check(Page(png(RED)), **options).variant == 2


def test_no_variant_of_a_path(bench: Bench) -> None:
    """A baseline given by its path cannot have one, and the message says what to do."""
    (bench.root / "logo.png").write_bytes(png(GREY))
    record = bench.check(RED, "logo.png")
    with pytest.raises(ResultsError, match=r"^logo.png: .* accept tests/.*cart without --variant"):
        accept(bench, record)
    assert not (bench.root / "logo~2.png").exists()


def test_a_variant_stays_in_the_folder(bench: Bench) -> None:
    """Results that name a baseline elsewhere are refused."""
    record = replace(bench.check(RED), baseline="elsewhere.png")
    with pytest.raises(BaselineError, match="leads out of .*baselines"):
        accept(bench, record)


def test_reports_name_the_variant() -> None:
    """Message and table name the variant; the main file needs no word."""
    record = a_record(score=0.5, variant=2, actual="a.png")
    assert "baselines/tests/test_shop/test_cart.png (variant 2)\n" in failure_message(record, "r")
    assert row_cells(record)[-1] == "variant 2"
    assert "variant" not in failure_message(replace(record, variant=1), "r")
    assert row_cells(replace(record, variant=1))[-1] == ""
