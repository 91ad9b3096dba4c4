"""Records in, text out: pure functions that neither read nor write anything."""
