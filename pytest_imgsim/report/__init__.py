"""Records in, text out: what people read about a run. Only `terminal_images` reads files."""
