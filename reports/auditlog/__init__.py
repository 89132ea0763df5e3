"""The audit report: who did what to a batch. Pure: entries in, bytes out."""
