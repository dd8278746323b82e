"""`media`: pictures for texts."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, post
from litestar.params import JSONBody

from sayso.actions import pictures
from sayso.api.problems import settled
from sayso.api.services import Asker, Given
from sayso.core.pictures import PATH


class MediaIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A JPEG, PNG or GIF in Base64, and what is on it, for who cannot see it."""

    data: bytes
    description: Annotated[str, msgspec.Meta(max_length=500)] = ""


class MediaOut(msgspec.Struct, frozen=True):
    """A picture as it is sent: written anew without place and camera, smaller where it was too large.

    `url` is its address on this server, and what `media_urls` take.
    """

    url: str
    content_type: str
    width: int
    height: int
    bytes: int
    description: str


@post("/media")
async def add_media(services: Given, actor: Asker, data: JSONBody[MediaIn]) -> MediaOut:
    """Bring a picture. Scope: campaigns:write."""
    done = await pictures.add_picture(services.pool, actor, data.data, data.description, services.now())
    kept = settled(done)
    return MediaOut(
        PATH + kept.token, kept.content_type, kept.width, kept.height, kept.bytes, kept.description
    )


router = Router("", route_handlers=[add_media], tags=["Media"])
