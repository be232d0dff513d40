"""Settings of the example shop, from the environment."""
import os

DEBUG = False
SECRET_KEY = os.environ.get("SECRET_KEY", "example-only-no-sessions-are-signed-with-it")
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "urls"
INSTALLED_APPS = ["shop"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
UPLOADS = os.environ.get("UPLOADS", "/srv/uploads")
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ.get("DB_NAME", "jewelry_shop"),
        "USER": os.environ.get("DB_USER", "jewelry_app"),
        "PASSWORD": os.environ.get("DB_PASSWORD", ""),
        "HOST": os.environ.get("DB_HOST", "localhost"),
        "PORT": os.environ.get("DB_PORT", "5432"),
        "OPTIONS": {"connect_timeout": 5, "sslmode": "require"},
        # PgBouncer in transaction mode: a cursor may not outlive its transaction.
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
}
REDIS_URL = os.environ.get("REDIS_URL", "redis://redis:6379/0")
CELERY_BROKER_URL = REDIS_URL
