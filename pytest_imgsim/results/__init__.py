"""The results folder, and what is done with it: history, merging, accepting, finding orphans."""
