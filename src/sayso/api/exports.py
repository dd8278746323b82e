"""`contacts/export`: contacts as a file, everybody or those of a list, a segment or a search."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from litestar import Router, get
from litestar.params import QueryParameter
from litestar.response import Stream

from sayso.actions import export_files, exporting
from sayso.actions.exporting import ExportWanted
from sayso.api.problems import settled
from sayso.api.services import Asker, Given
from sayso.core.contact_columns import EVERYTHING


@get("/contacts/export", media_type="text/csv")
async def export_contacts(
    services: Given,
    actor: Asker,
    form: Annotated[str, QueryParameter(name="format", max_length=10, description="csv or xlsx.")] = "csv",
    columns: Annotated[
        str | None,
        QueryParameter(
            max_length=8_000,
            description=f"With commas between: {', '.join(EVERYTHING)}, attributes.NAME. `attributes` holds "
            "those without a column of their own, as JSON.",
        ),
    ] = None,
    whom: Annotated[
        str,
        QueryParameter(
            pattern=r"^(everybody|(list|segment):[0-9]{1,9}|search:.{1,100})$",
            description="everybody, list:ID, segment:ID, or search:WORDS as the console searches.",
        ),
    ] = "everybody",
) -> Stream:
    """Contacts as a file, streamed: all, or those of one list, segment or search. Scope: contacts:read."""
    chosen = EVERYTHING if columns is None else tuple(name.strip() for name in columns.split(","))
    wanted = replace(_meant(whom), columns=chosen, form=form)
    export = settled(await exporting.begin_export(services.pool, actor, wanted, services.now()))
    file = export_files.written(form, exporting.rows(services.pool, actor, export))
    headers = {"Content-Disposition": f'attachment; filename="contacts.{form}"'}
    return Stream(file, media_type=export_files.TYPES[form], headers=headers)


def _meant(whom: str) -> ExportWanted:
    kind, _, which = whom.partition(":")
    if kind == "list":
        return ExportWanted(list_id=int(which))
    if kind == "segment":
        return ExportWanted(segment_id=int(which))
    return ExportWanted(search=which.strip())


router = Router("", route_handlers=[export_contacts], tags=["Contacts"])
