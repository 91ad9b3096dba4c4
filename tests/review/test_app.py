"""The review's server: what it answers, what it refuses, and that a refusal writes nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from desk import CART, OLD, OTHER, Desk, write
from fakes import a_record
from kept import NEW, kept

from pytest_imgsim.pictures.picture import sha256
from pytest_imgsim.review.server import MAX_BODY


def test_page_and_pictures(desk: Desk) -> None:
    """The page comes with a cookie and a policy, and its pictures byte for byte."""
    page = desk.ask("GET", f"/?token={desk.token}", Cookie=None)
    assert page.status == 200
    assert b"connect-src 'self'" in page.body
    assert b'"served": true' in page.body
    assert page.headers["Set-Cookie"] == (
        f"imgsim-{desk.server.server_port}={desk.token}; HttpOnly; SameSite=Strict; Path=/"
    )
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Content-Security-Policy"] == "frame-ancestors 'none'"
    assert desk.ask("GET", "/report.html").body == page.body
    picture = desk.ask("GET", "/tests/test_shop/test_%5Bx%5D.actual.png")
    assert (picture.status, picture.body) == (200, NEW)
    assert picture.headers["Content-Type"] == "image/png"


def test_localhost_is_this_machine_too(desk: Desk) -> None:
    """Localhost may be typed for 127.0.0.1."""
    host = f"localhost:{desk.server.server_port}"
    assert desk.ask("GET", "/", Host=host).status == 200
    assert desk.accept(CART, Host=host, Origin=f"http://{host}").status == 200


def test_accept(desk: Desk) -> None:
    """What is accepted becomes the baseline, is printed, and stays accepted on a reload."""
    reply = desk.accept(OTHER)
    assert json.loads(reply.body) == {"accepted": [f"baselines/{OTHER}.png"]}
    assert desk.printed == [f"accepted baselines/{OTHER}.png"]
    assert (desk.bench.root / f"baselines/{OTHER}.png").read_bytes() == NEW
    assert desk.bench.baseline.read_bytes() == OLD
    assert b'"accepted": [1]' in desk.ask("GET", "/").body


WRONG_DOOR = [
    ({"Host": "evil.example:{port}"}, 403, "Host: expected 127.0.0.1:"),
    ({"Host": "127.0.0.1"}, 403, "Host: expected"),
    ({"Host": "127.0.0.1:1"}, 403, "Host: expected"),
    ({"Host": None}, 403, "Host: expected"),
    ({"Cookie": None}, 403, "token: expected"),
    ({"Cookie": "imgsim-{port}=guessed"}, 403, "token: expected"),
    ({"Cookie": "imgsim-{port}="}, 403, "token: expected"),
    ({"Cookie": "other={token}"}, 403, "token: expected"),
    ({"Cookie": "imgsim-{port}=gr\xfc\xdfe"}, 403, "token: expected"),
]
WRONG_SENDER = [
    ({"Origin": "http://evil.example"}, 403, "Origin: expected http://127.0.0.1:"),
    ({"Origin": "http://127.0.0.1:1"}, 403, "Origin: expected"),
    ({"Origin": "https://127.0.0.1:{port}"}, 403, "Origin: expected"),
    ({"Origin": "null"}, 403, "Origin: expected"),
    ({"Origin": None}, 403, "Origin: expected"),
    ({"Content_Type": "text/plain"}, 415, "Content-Type: expected application/json"),
    ({"Content_Type": None}, 415, "Content-Type: expected"),
    ({"Content_Length": None}, 413, "Content-Length: expected at most"),
    ({"Content_Length": "-1"}, 413, "Content-Length: expected"),
    ({"Content_Length": str(MAX_BODY + 1)}, 413, "Content-Length: expected"),
    ({"Content_Length": "1" * 5000}, 413, "Content-Length: expected"),
    ({"Content_Length": "\xb2"}, 413, "Content-Length: expected"),
]


@pytest.mark.parametrize(("changes", "status", "error"), [*WRONG_DOOR, *WRONG_SENDER])
def test_a_foreign_request_accepts_nothing(
    desk: Desk, changes: dict[str, str | None], status: int, error: str
) -> None:
    """Without the right host, token, origin and type nothing is written."""
    before = desk.files()
    known = {"port": desk.server.server_port, "token": desk.token}
    reply = desk.accept(CART, **{k: v and v.format(**known) for k, v in changes.items()})
    assert (reply.status, reply.error[: len(error)]) == (status, error)
    assert desk.files() == before
    assert desk.printed == []


@pytest.mark.parametrize(("changes", "status", "error"), WRONG_DOOR)
@pytest.mark.parametrize("path", ["/", "/report.html", f"/{CART}.actual.png"])
def test_a_foreign_request_sees_nothing(
    desk: Desk, path: str, changes: dict[str, str | None], status: int, error: str
) -> None:
    """Without the right host and token nothing is shown."""
    known = {"port": desk.server.server_port, "token": desk.token}
    reply = desk.ask("GET", path, **{k: v and v.format(**known) for k, v in changes.items()})
    assert (reply.status, reply.error[: len(error)]) == (status, error)
    assert "Set-Cookie" not in reply.headers


@pytest.mark.parametrize("token", ["", "x", "%FF", "&token=x"])
def test_a_wrong_token_in_the_address(desk: Desk, token: str) -> None:
    """The address with another token is refused."""
    assert desk.ask("GET", f"/?token={token}", Cookie=None).status == 403


@pytest.mark.parametrize(
    "path",
    [
        "/results.json",
        "/.gitignore",
        "/secret.png",
        "/junit.xml",
        "/tests",
        "/tests/",
        "/../baselines/tests/test_shop/test_cart.png",
        "/%2e%2e/baselines/tests/test_shop/test_cart.png",
        "/tests/../tests/test_shop/test_cart.actual.png",
        "/..%5cbaselines/x.png",
        "//etc/passwd",
        "/%00",
        "/[",
        "//[",
    ],
)
def test_other_files_are_not_served(desk: Desk, path: str) -> None:
    """There is the page and what it shows; no other file, in the folder or out of it."""
    folder = desk.bench.root / "imgsim-results"
    for name in ("secret.png", "junit.xml", ".gitignore"):
        (folder / name).write_bytes(b"secret")
    reply = desk.ask("GET", path)
    assert reply.status == 404
    assert reply.error.endswith("expected report.html or a picture that it shows")


@pytest.mark.parametrize("path", ["../secret.png", "linked/secret.png", "secret.png"])
def test_pictures_outside_are_not_served(desk: Desk, path: str) -> None:
    """Not even where results.json names them, or a symbolic link leads to them."""
    root = desk.bench.root
    (root / "secret.png").write_bytes(b"secret")
    (root / "imgsim-results/linked").symlink_to(root)
    (root / "imgsim-results/secret.png").symlink_to(root / "secret.png")
    write(desk.bench, a_record(actual=path))
    reply = desk.ask("GET", f"/{path}")
    assert reply.status == 404
    assert "leads out of" in reply.error


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "HEAD"])
def test_other_methods(desk: Desk, method: str) -> None:
    """There is nothing but GET and POST, and no answer to a preflight."""
    reply = desk.ask(method, "/accept")
    assert reply.status == 501
    assert not [name for name in reply.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize(
    ("wanted", "status", "error"),
    [
        (["tests/test_shop/test_gone"], 409, "test_gone: expected a picture of the last run"),
        (["*"], 409, "expected a picture of the last run"),
        (["test_cart"], 409, "expected a picture of the last run"),
        ([CART, "t/x"], 409, "t/x: expected a picture of the last run"),
        ([{"name": CART, "actual_sha256": sha256(OLD)}], 409, "reload the page"),
        ([{"name": CART}], 400, "expected a list of name and actual_sha256"),
        ([5], 400, "expected a list of name and actual_sha256"),
    ],
)
def test_what_is_not_there_is_not_accepted(
    desk: Desk, wanted: list[Any], status: int, error: str
) -> None:
    """A name is whole and known, with the picture that was seen, or nothing is written."""
    before = desk.files()
    reply = desk.accept(*wanted)
    assert (reply.status, error in reply.error) == (status, True)
    assert desk.files() == before
    assert b'"accepted": []' in desk.ask("GET", "/").body


NO_LISTS = [b"", b"{", b"7", b"null", b"\xff", b'{"name": "x"}', b"[" * 100_000, b"9" * 5000]
NO_LISTS += [b'{"a":' * 100_000, b"[" * 50_000 + b"]" * 50_000]


@pytest.mark.parametrize("body", NO_LISTS, ids=lambda body: repr(body[:12]))
def test_a_body_that_is_no_list(desk: Desk, body: bytes) -> None:
    """What is not a list of pictures is refused as such."""
    reply = desk.ask("POST", "/accept", body)
    assert (reply.status, "/accept: expected a list" in reply.error) == (400, True)


def test_an_unknown_action(desk: Desk) -> None:
    """A request may post to two paths only."""
    reply = desk.ask("POST", "/report.html", b"[]")
    assert (reply.status, reply.error) == (404, "/report.html: expected /accept or /done")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"update_path": "../x.png"}, "leads out of"),
        ({"update_path": "x.png"}, "leads out of"),
        ({"actual": "../x.png"}, "leads out of"),
        ({"actual_sha256": sha256(OLD)}, "got another one; run that test again"),
        ({"update_path": "baselines/x.jpg"}, "cannot be written as .jpg without loss"),
    ],
)
def test_accept_keeps_its_rules(desk: Desk, change: dict[str, Any], error: str) -> None:
    """What the accept command refuses is refused here too, with an error for the page."""
    bad = kept(desk.bench, OTHER, **change)
    write(desk.bench, kept(desk.bench, CART), bad)
    before = desk.files()
    reply = desk.accept(CART, {"name": OTHER, "actual_sha256": bad.actual_sha256})
    assert (reply.status, error in reply.error) == (409, True)
    assert desk.files() == before


def test_a_baseline_that_cannot_be_written(desk: Desk) -> None:
    """An error of the file system reaches the page."""
    (desk.bench.root / f"baselines/{OTHER}.png").mkdir()
    reply = desk.accept(OTHER)
    assert (reply.status, "test_[x].png" in reply.error) == (409, True)
    assert desk.printed == []


def test_results_that_vanish(desk: Desk) -> None:
    """Without results.json there is nothing to show, and the reply says what to do."""
    (desk.bench.root / "imgsim-results/results.json").unlink()
    for reply in (desk.ask("GET", "/"), desk.accept(CART)):
        assert "run pytest first" in reply.error


def test_done(desk: Desk) -> None:
    """Done ends the server, but only for the page."""
    assert desk.ask("POST", "/done", b"{}", Origin=None).status == 403
    assert desk.ask("GET", "/").status == 200
    assert desk.ask("POST", "/done", b"{}").status == 200
    desk.thread.join(timeout=60)
    assert not desk.thread.is_alive()


@pytest.mark.parametrize(("error", "shown"), [(BrokenPipeError(), False), (ValueError(), True)])
def test_a_browser_that_hangs_up(
    desk: Desk, capsys: pytest.CaptureFixture[str], error: Exception, shown: bool
) -> None:
    """A connection that breaks is ignored; an error of our own is shown."""
    try:
        raise error
    except type(error):
        desk.server.handle_error(None, ("127.0.0.1", 1))
    assert (type(error).__name__ in capsys.readouterr().err) == shown
