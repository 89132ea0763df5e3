"""The parts of the domain's benchmark, each run in a process of its own: `python -m benchmarks.parts.NAME`."""
