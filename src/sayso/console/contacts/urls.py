"""The addresses of this area; each is guarded by `opens`."""

from __future__ import annotations

from django.urls import path, re_path

from sayso.console.contacts import bringing, editing, erasing, exporting, importing, merging, views

CONTACT = r"(?P<contact_id>[0-9]{1,18})"
IMPORT = r"(?P<import_id>[0-9]{1,18})"

urlpatterns = [
    path("contacts/", views.overview, name="contacts"),
    re_path(rf"^contacts/{CONTACT}/$", views.contact, name="contact"),
    path("contacts/new/", editing.new, name="contact_new"),
    re_path(rf"^contacts/{CONTACT}/edit/$", editing.edit, name="contact_edit"),
    re_path(rf"^contacts/{CONTACT}/delete/$", editing.delete, name="contact_delete"),
    re_path(rf"^contacts/{CONTACT}/erase/$", erasing.erase, name="contact_erase"),
    re_path(rf"^contacts/{CONTACT}/merge/$", merging.choose, name="contact_merge"),
    re_path(
        rf"^contacts/{CONTACT}/merge/(?P<other_id>[0-9]{{1,18}})/$", merging.merge, name="contact_merge_with"
    ),
    path("contacts/import/", bringing.bring, name="contact_import_new"),
    re_path(rf"^contacts/import/{IMPORT}/file/$", bringing.piece, name="contact_import_piece"),
    path("contacts/export/", exporting.export, name="contact_export"),
    path("contacts/imports/", importing.overview, name="contact_imports"),
    re_path(rf"^contacts/imports/{IMPORT}/$", importing.one, name="contact_import"),
    re_path(rf"^contacts/imports/{IMPORT}/stop/$", importing.stop, name="contact_import_stop"),
    re_path(rf"^contacts/imports/{IMPORT}/go-on/$", importing.go_on, name="contact_import_go_on"),
    re_path(rf"^contacts/imports/{IMPORT}/refused/$", importing.refused, name="contact_import_refused"),
    re_path(rf"^contacts/imports/{IMPORT}/refused\.csv$", importing.refused_file, name="contact_import_file"),
]
