"""The systems that are measured beside each other: one file a system, which says how it enqueues and what it runs.

Each runs in processes of its own; all but ours in the venv that the Makefile makes of requirements.txt.
"""
