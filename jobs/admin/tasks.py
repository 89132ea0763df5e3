"""Takes the page of django_dramatiq's tasks away: its table stays empty, jobs have a page of their own."""

from django.contrib import admin
from django_dramatiq import admin as _theirs  # noqa: F401  # registers the page now, not after we have taken it away
from django_dramatiq.models import Task

admin.site.unregister(Task)
