"""``python -m pytest_imgsim`` does what ``imgsim`` does."""

from pytest_imgsim.cli import main
from pytest_imgsim.report.cli_name import MODULE

raise SystemExit(main(prog=MODULE))
