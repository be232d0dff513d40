from django.urls import path

from shop import views

urlpatterns = [
    path("", views.home),
    path("health/", views.health),
    path("orders/", views.orders),
    path("orders/by-ref/<str:ref>/", views.order_by_ref),
    path("uploads/", views.uploads),
    path("uploads/<slug:name>/", views.upload),
]
