from django.db import models


class Order(models.Model):
    """One order of a customer. `ref` is chosen by the client, so that a repeated request makes no second order."""

    ref = models.CharField(max_length=200, unique=True)
    amount = models.IntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    processed_at = models.DateTimeField(null=True)


class ProbeOrder(models.Model):
    """A write that only proves that writes work. Kept apart: it never counts as an order."""

    ref = models.CharField(max_length=200, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
