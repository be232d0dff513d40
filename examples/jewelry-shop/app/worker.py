"""Celery's entry: sets Django up before the tasks are loaded."""
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
django.setup()

from shop.tasks import app  # noqa: E402,F401
