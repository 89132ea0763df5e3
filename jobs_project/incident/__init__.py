"""A bad night to practise on: what `manage.py demo_incident` seeds, and the actors that mend it."""
