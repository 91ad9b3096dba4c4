"""``python -m pytest_imgsim`` is the same as ``imgsim``."""

from pytest_imgsim.cli import main

raise SystemExit(main())
