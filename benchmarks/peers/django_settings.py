"""Django for the peers that need one: a database, their apps, nothing else."""

import os
from urllib.parse import unquote, urlsplit

_url = urlsplit(os.environ["DATABASE_URL"])

SECRET_KEY = "for a benchmark on private servers"  # noqa: S105  # signs nothing
USE_TZ = True
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": unquote(_url.netloc.rpartition("@")[2]),
        "USER": "postgres",
        "NAME": _url.path.strip("/"),
        "CONN_MAX_AGE": None,
    }
}
INSTALLED_APPS = ["django_dramatiq", "django_tasks", "django_tasks_db"]
DRAMATIQ_BROKER = {
    "BROKER": "dramatiq.brokers.redis.RedisBroker",
    "OPTIONS": {"url": os.environ["REDIS_URL"]},
    "MIDDLEWARE": [
        "dramatiq.middleware.AgeLimit",
        "dramatiq.middleware.TimeLimit",
        "dramatiq.middleware.Callbacks",
        "dramatiq.middleware.Retries",
        "django_dramatiq.middleware.DbConnectionsMiddleware",
        "django_dramatiq.middleware.AdminMiddleware",
    ],
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
LOGGING = {"version": 1, "root": {"level": "WARNING"}}
