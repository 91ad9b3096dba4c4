"""The pytest plugin: the only package that knows pytest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_imgsim._lazy import lazy_names

if TYPE_CHECKING:
    from pytest_imgsim.plugin.attachments import attach_to_html
    from pytest_imgsim.plugin.finish import RunFinalizer
    from pytest_imgsim.plugin.fixtures import AssertSimilar
    from pytest_imgsim.plugin.preload import import_before_fakes
else:
    __getattr__ = lazy_names(
        __name__,
        AssertSimilar="fixtures",
        RunFinalizer="finish",
        attach_to_html="attachments",
        import_before_fakes="preload",
    )

__all__ = ["AssertSimilar", "RunFinalizer", "attach_to_html", "import_before_fakes"]
