"""The review page, served on this machine, which makes baselines of what is accepted in it."""
