"""The HTTP door: JSON in camelCase, problems as RFC 9457 says."""
