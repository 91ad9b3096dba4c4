"""The results folder, and what acts on it."""
