"""How hypothesis works here: the same examples on each run, few enough to take seconds."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "reproducible",
    derandomize=True,
    deadline=None,  # a loaded machine is no failure
    database=None,
    max_examples=50,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow],
)
#: HYPOTHESIS_PROFILE=default looks for new examples at random.
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "reproducible"))
