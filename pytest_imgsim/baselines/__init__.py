"""A baseline's name, where its file is, and which pictures are accepted there."""
