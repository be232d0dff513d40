"""The shop's HTTP interface: JSON in, JSON out."""
import json
import logging
import pathlib
import uuid

import redis
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from shop.models import Order, ProbeOrder
from shop.tasks import process_order

log = logging.getLogger(__name__)
cache = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)


def home(request):
    return HttpResponse("Jewelry shop")


def health(request):
    """Answers 200 only after a round trip to the database and one to the cache."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    cache.ping()
    return JsonResponse({"status": "ok"})


def enqueue(order):
    """Hands the order to Celery. The order is committed by then: a broker that is down must not lose it."""
    try:
        process_order.apply_async(args=[order.id], retry=False)
    except Exception:
        log.warning("order %s is not queued; beat picks it up", order.id, exc_info=True)


def place(model, ref, **fields):
    """Inserts one row in one transaction; a repeated ref gives the row that is there. Returns (row, is_new)."""
    try:
        with transaction.atomic():
            return model.objects.create(ref=ref, **fields), True
    except IntegrityError:
        return model.objects.get(ref=ref), False


def post_order(request):
    try:
        body = json.loads(request.body)
        ref, amount = str(body["ref"]), int(body.get("amount", 1))
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"error": 'send JSON like {"ref": "a-1", "amount": 1}'}, status=400)
    if request.headers.get("X-Rekindle-Probe") or body.get("probe"):
        row, new = place(ProbeOrder, ref)
    else:
        row, new = place(Order, ref, amount=amount)
        if new:
            enqueue(row)
    answer = {"id": row.id, "ref": row.ref}
    return JsonResponse(answer if new else {**answer, "duplicate": True}, status=201 if new else 200)


@csrf_exempt
def orders(request):
    if request.method == "POST":
        return post_order(request)
    since, limit = int(request.GET.get("since", 0)), min(int(request.GET.get("limit", 1000)), 10000)
    rows = Order.objects.filter(id__gt=since).order_by("id")[:limit]
    return JsonResponse({"orders": [{"id": row.id, "ref": row.ref, "amount": row.amount} for row in rows]})


def order_by_ref(request, ref):
    """One order, or one probe's write, by the client's own reference."""
    row = Order.objects.filter(ref=ref).first() or ProbeOrder.objects.filter(ref=ref).first()
    if row is None:
        return JsonResponse({"error": "no such order"}, status=404)
    return JsonResponse({"id": row.id, "ref": row.ref, "probe": isinstance(row, ProbeOrder)})


@csrf_exempt
def uploads(request):
    """Files in this pod's emptyDir: gone with the pod, on purpose, as in many a real stack."""
    folder = pathlib.Path(settings.UPLOADS)
    if request.method == "POST":
        name = uuid.uuid4().hex
        (folder / name).write_bytes(request.body)
        return JsonResponse({"name": name}, status=201)
    return JsonResponse({"files": sorted(entry.name for entry in folder.iterdir())})


def upload(request, name):
    file = pathlib.Path(settings.UPLOADS) / name
    if not file.is_file():
        return JsonResponse({"error": "this pod has no such file"}, status=404)
    return HttpResponse(file.read_bytes(), content_type="application/octet-stream")
