"""The comparisons of one run, without pytest."""
