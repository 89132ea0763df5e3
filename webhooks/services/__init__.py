"""What can be done with webhooks, one verb after the other."""
