"""From two pictures to scores and regions, with a fake model."""
from fakes import FakeModel
def test_x() -> None:
    """x."""
    assert FakeModel().calls == 0
