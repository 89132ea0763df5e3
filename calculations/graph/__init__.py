"""Price graphs as pure values: read, judged, compiled once, run for many items; knows neither Django nor a database."""
