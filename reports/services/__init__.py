"""The verbs of the reports app."""
