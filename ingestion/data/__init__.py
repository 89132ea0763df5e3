"""Public index data for the demo and the tests; README.md beside it names the sources."""
