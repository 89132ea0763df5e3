"""Redis: orders, delays, limits and wakes job ids. Knows no Django and no rows."""
