"""Background work: one task for each order, and a sweep for orders whose task was lost."""
import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
app = Celery("shop", broker=settings.CELERY_BROKER_URL)
app.conf.update(
    task_acks_late=True,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"socket_connect_timeout": 2, "socket_timeout": 5},
    beat_schedule_filename="/tmp/celerybeat-schedule",
    beat_schedule={"sweep": {"task": "shop.tasks.sweep", "schedule": 60.0}},
)


@app.task
def process_order(order_id):
    from django.utils import timezone

    from shop.models import Order

    Order.objects.filter(id=order_id, processed_at=None).update(processed_at=timezone.now())


@app.task
def sweep():
    from shop.models import Order

    for order_id in Order.objects.filter(processed_at=None).values_list("id", flat=True)[:500]:
        process_order.delay(order_id)
