"""Waits for the database, then migrates under an advisory lock: several pods may start at once."""
import os
import sys
import time

import django
from django.core.management import call_command
from django.db import InterfaceError, InternalError, OperationalError, connection, transaction

DEADLINE_SECONDS = 300
LOCK = 7_300_115  # any number that nothing else in this database uses

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
django.setup()


def migrate():
    # One transaction: PgBouncer in transaction mode keeps the lock and the migration on one server connection.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        call_command("migrate", interactive=False)


end = time.monotonic() + DEADLINE_SECONDS
while True:
    try:
        migrate()
        break
    # InternalError: a standby that is not promoted yet refuses writes.
    except (InterfaceError, InternalError, OperationalError) as error:
        if time.monotonic() > end:
            sys.exit(f"no database within {DEADLINE_SECONDS} s: {error}")
        connection.close()
        time.sleep(1)
