"""One journey a module, walked in the order of their names."""
