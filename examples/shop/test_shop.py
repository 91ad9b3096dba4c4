"""The visual tests of the shop: go to a page, do something, compare the picture.

The baseline of a picture is named after its test. Run ``pytest --shop-regressions``
to see every test here fail, each because of one fault in its page.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, ViewportSize

from pytest_imgsim import AssertSimilar, Box

PHONE = ViewportSize(width=390, height=844)


def test_home(page: Page, assert_similar: AssertSimilar) -> None:
    """Mask the part which never looks the same twice, by its element."""
    page.goto("/index.html")
    assert_similar(page, ignore=[page.locator("#countdown")])


def test_home_on_a_phone(page: Page, assert_similar: AssertSimilar) -> None:
    """Mask it by a box in pixels instead: left, top, width and height."""
    page.set_viewport_size(PHONE)
    page.goto("/index.html")
    assert_similar(page, ignore=[Box(32, 750, 326, 46)])


def test_shop_menu(page: Page, assert_similar: AssertSimilar) -> None:
    """Do something first: here, open the menu."""
    page.goto("/catalogue.html")
    page.get_by_role("button", name="Shop", exact=True).click()
    assert_similar(page)


def test_catalogue(page: Page, assert_similar: AssertSimilar) -> None:
    """Compare the whole page, also what lies below the fold."""
    page.goto("/catalogue.html")
    assert_similar(page, full_page=True)


# A threshold of its own: one wrong digit in a price is a small change in a picture,
# but not in a shop.
@pytest.mark.imgsim(threshold=0.98)
def test_product(page: Page, assert_similar: AssertSimilar) -> None:
    """Compare what fits into the window, more strictly than elsewhere."""
    page.goto("/product.html")
    assert_similar(page)


def test_add_to_cart(page: Page, assert_similar: AssertSimilar) -> None:
    """Compare one element: a drawer which a click has opened."""
    page.goto("/product.html")
    page.get_by_role("button", name="Add to cart").click()
    assert_similar(page.locator("#cart-drawer"))


def test_reviews(page: Page, assert_similar: AssertSimilar) -> None:
    """Compare an element below the fold; Playwright scrolls to it."""
    page.goto("/product.html")
    assert_similar(page.locator("#reviews"))


def test_cart(page: Page, assert_similar: AssertSimilar) -> None:
    """Compare a table of prices."""
    page.goto("/cart.html")
    assert_similar(page)


def test_cart_on_a_phone(page: Page, assert_similar: AssertSimilar) -> None:
    """Compare the same page on a phone."""
    page.set_viewport_size(PHONE)
    page.goto("/cart.html")
    assert_similar(page, full_page=True)


def test_checkout(page: Page, assert_similar: AssertSimilar) -> None:
    """Compare a long form."""
    page.goto("/checkout.html")
    assert_similar(page, full_page=True)


def test_checkout_errors(page: Page, assert_similar: AssertSimilar) -> None:
    """Compare two states of one form, each with its own baseline."""
    page.goto("/checkout.html")
    form = page.locator("#checkout-form")
    page.get_by_label("Email").fill("marta@example")
    page.get_by_label("First name").fill("Marta")
    page.get_by_label("Last name").fill("Lindqvist")
    # No regression spoils this picture: it must pass in the broken shop, too.
    assert_similar(form, "filled")

    page.get_by_label("Email").fill("marta")
    page.get_by_role("button", name="Continue to payment").click()
    assert_similar(form, "form")


def test_orders(page: Page, assert_similar: AssertSimilar) -> None:
    """Compare a table of text."""
    page.goto("/account.html")
    assert_similar(page)


def test_help(page: Page, assert_similar: AssertSimilar) -> None:
    """Compare answers which start open and closed."""
    page.goto("/help.html")
    assert_similar(page, full_page=True)
