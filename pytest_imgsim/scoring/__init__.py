"""From two pictures of one size to a score: `formula` says how."""
