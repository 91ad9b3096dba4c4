"""The faults which can be put into the shop, as data.

Each regression is one small rewrite of the text of one page, of the kind that
slips through a code review. Each one spoils exactly one screenshot of
``test_shop.py``. A fault in the shared stylesheet is added as a ``<style>`` to one
page, so that it cannot spoil the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pages import read_text


class StaleRegressionError(Exception):
    """A regression no longer fits the page that it rewrites."""


@dataclass(frozen=True)
class Regression:
    """One fault: a text of a page and what stands there instead.

    Attributes
    ----------
    name
        A short name, as in the table of the README.
    test
        The test whose screenshot it spoils.
    page
        The file it rewrites, relative to the site folder.
    summary
        What a visitor of the shop sees.
    find
        The text to replace; it must occur exactly once in the file.
    replace
        The text that stands there instead.
    """

    name: str
    test: str
    page: str
    summary: str
    find: str
    replace: str

    def apply(self, text: str) -> str:
        """Return the text of the page with the fault in it.

        Parameters
        ----------
        text
            The text of the page.

        Raises
        ------
        StaleRegressionError
            If the page does not hold the text to replace exactly once.
        """
        count = text.count(self.find)
        if count != 1:
            raise StaleRegressionError(
                f"regression {self.name!r}: expected {self.find!r} exactly once in "
                f"{self.page}, found it {count} times"
            )
        return text.replace(self.find, self.replace)


def _css(name: str, test: str, page: str, summary: str, css: str) -> Regression:
    """Make a regression which adds a style to one page."""
    return Regression(name, test, page, summary, "</head>", f"<style>{css}</style>\n</head>")


REGRESSIONS: tuple[Regression, ...] = (
    Regression(
        "missing-icon",
        "test_home",
        "index.html",
        "The truck icon of the delivery promise is gone.",
        '<img class="icon" src="img/icons/truck.svg" alt="">',
        "",
    ),
    _css(
        "overlap",
        "test_home_on_a_phone",
        "index.html",
        "On phones, the round sale seal lies on top of the heading.",
        "@media (max-width: 720px) { .hero .seal { top: 40px; right: 72px; bottom: auto; } }",
    ),
    Regression(
        "misspelt-word",
        "test_shop_menu",
        "catalogue.html",
        "The menu says Lantrens instead of Lanterns.",
        ">Lanterns</a>",
        ">Lantrens</a>",
    ),
    Regression(
        "broken-image",
        "test_catalogue",
        "catalogue.html",
        "The picture of the candle does not load.",
        'src="img/candle.svg"',
        'src="img/candle-large.svg"',
    ),
    Regression(
        "wrong-price",
        "test_product",
        "product.html",
        "The vase costs $43.00 instead of $48.00.",
        '<p class="big-price">$48.00',
        '<p class="big-price">$43.00',
    ),
    Regression(
        "missing-button",
        "test_add_to_cart",
        "product.html",
        "The cart drawer has lost its View cart button.",
        '<a class="button outline wide" href="cart.html">View cart</a>',
        "",
    ),
    _css(
        "text-overflow",
        "test_reviews",
        "product.html",
        "A review title no longer wraps and runs out of its box.",
        ".review:nth-child(2) h3 { white-space: nowrap; }",
    ),
    _css(
        "moved-element",
        "test_cart",
        "cart.html",
        "The Apply button of the promo code has moved down by 8 pixels.",
        "@media (min-width: 721px) { .promo-code .button { position: relative; top: 8px; } }",
    ),
    _css(
        "truncated-text",
        "test_cart_on_a_phone",
        "cart.html",
        "On phones, the names of the pieces are cut off.",
        "@media (max-width: 720px) { .cart-item strong { display: block; width: 104px;"
        " overflow: hidden; text-overflow: ellipsis; white-space: nowrap; } }",
    ),
    _css(
        "recoloured-button",
        "test_checkout",
        "checkout.html",
        "The Continue to payment button is blue instead of green.",
        "#place-order { border-color: #2a5bd7; background: #2a5bd7; }",
    ),
    _css(
        "missing-styles",
        "test_checkout_errors",
        "checkout.html",
        "The stylesheet has lost the look of fields with errors.",
        "#checkout-form .invalid label { color: inherit; }"
        " #checkout-form .invalid input { border-color: #cfc3b0; background: #fff;"
        " box-shadow: none; }"
        " #checkout-form .invalid .error {"
        " margin: 0; color: inherit; font-size: inherit; }",
    ),
    _css(
        "fallback-font",
        "test_orders",
        "account.html",
        "The table of orders falls back to a serif font.",
        '.orders { font-family: "Liberation Serif", "DejaVu Serif", serif; }',
    ),
    Regression(
        "collapsed-section",
        "test_help",
        "help.html",
        "The first answer, with the delivery prices, starts closed.",
        "<details open>\n      <summary>How much is delivery",
        "<details>\n      <summary>How much is delivery",
    ),
)


def apply_regressions(page: str, text: str, regressions: Sequence[Regression]) -> str:
    """Return the text of a page with its share of the regressions in it.

    Parameters
    ----------
    page
        The file, relative to the site folder.
    text
        The text of the file.
    regressions
        The faults; those of other pages are left out.
    """
    for regression in regressions:
        if regression.page == page:
            text = regression.apply(text)
    return text


def check_regressions(site: Path, regressions: Sequence[Regression]) -> None:
    """Apply every regression once, so that a stale one fails at the start.

    Parameters
    ----------
    site
        The folder of the pages.
    regressions
        The faults to check.
    """
    for page in {regression.page for regression in regressions}:
        apply_regressions(page, read_text(site / page), regressions)
