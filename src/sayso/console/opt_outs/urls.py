"""The addresses of this area."""

from __future__ import annotations

from django.urls import path, re_path

from sayso.console.opt_outs import acting, deciding, lists, views

# A sender that is no number has a negative key.
KEY = r"(?P<phone>-?[0-9]{1,19})"

urlpatterns = [
    path("opt-outs/", views.overview, name="opt_outs"),
    path("opt-outs/block/", acting.block, name="opt_out_block"),
    path("opt-outs/import/", lists.bring, name="opt_out_import"),
    path("opt-outs/export/", lists.take, name="opt_out_export"),
    re_path(rf"^opt-outs/{KEY}/$", views.number, name="opt_out"),
    re_path(rf"^opt-outs/{KEY}/back/$", acting.back, name="opt_out_back"),
    re_path(rf"^opt-outs/{KEY}/whose/$", deciding.whose, name="opt_out_whose"),
    re_path(rf"^opt-outs/{KEY}/proof\.(?P<kind>json|txt)$", views.export, name="opt_out_proof"),
]
