"""The HTTP door of webhooks: endpoints and their secrets."""
