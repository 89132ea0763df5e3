"""Signed webhooks: events of the domain become messages, deliveries and attempts."""
