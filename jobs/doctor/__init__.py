"""The three troubleshooting lists as programs: each point looks, says what it has found, and names the remedy."""
