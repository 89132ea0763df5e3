"""What each type of node computes: one function is made for a node when its graph is compiled.

All of it runs in the domain's number context, which rounds each result to 34 digits.
"""
