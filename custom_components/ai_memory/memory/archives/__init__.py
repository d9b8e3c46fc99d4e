"""One portable archive of everything: its file, its format, and merging one into what is there."""
