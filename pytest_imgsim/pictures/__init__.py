"""From a source to pixels, and areas of a picture."""
