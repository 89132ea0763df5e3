"""Draws graphs and waterfalls for people: pure, from JSON to SVG text."""
