"""Breaks everything while jobs run, and asks a ledger outside the system whether anything was lost or done twice."""
