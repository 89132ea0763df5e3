"""The main job on real data, from start to stop: what `make demo` shows and proves."""
