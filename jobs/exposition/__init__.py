"""What processes without a web server tell over HTTP: that they live, that they work, what they count."""
