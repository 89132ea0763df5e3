"""What the engine and the services announce to whoever listens."""

from django.dispatch import Signal

announced = Signal()
"""A domain change, sent inside its transaction: `type`, `tenant_id`, `key` (names this one change), `facts`."""
