"""The HTTP door of reports: asked for, looked at, downloaded."""
