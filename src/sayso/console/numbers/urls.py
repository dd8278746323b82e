"""The addresses of this area; each is guarded by `opens`. Below `numbers/all/` are the operator's."""

from __future__ import annotations

from django.urls import path

from sayso.console.numbers import connections, giving, stopping, views

urlpatterns = [
    path("numbers/", views.lines, name="numbers"),
    path("numbers/all/", giving.overview, name="all_numbers"),
    path("numbers/all/new/", giving.new_number, name="new_number"),
    path("numbers/all/<int:number_id>/", giving.number, name="number"),
    path("numbers/all/<int:number_id>/give/", giving.give, name="give_line"),
    path("numbers/all/<int:number_id>/free/", giving.free, name="free_number"),
    path("numbers/lines/<int:line_id>/take/", giving.take, name="take_line"),
    path("numbers/connections/", connections.overview, name="connections"),
    path("numbers/connections/new/<str:kind>/", connections.new, name="new_connection"),
    path("numbers/connections/<int:connection_id>/", connections.edit, name="connection"),
    path("numbers/connections/<int:connection_id>/renew/", connections.renew, name="renew_token"),
    path("numbers/connections/<int:connection_id>/stop/", stopping.stop, name="stop_connection"),
    path("numbers/connections/<int:connection_id>/go-on/", stopping.go_on, name="let_connection_go_on"),
]
