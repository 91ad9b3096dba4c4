"""From two pictures to scores and regions, with a fake model."""
from tests.fakes import FakeModel
def test_x() -> None:
    """x."""
    assert FakeModel().calls == 0
