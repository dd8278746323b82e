"""`media`: pictures for texts."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, delete, get, post
from litestar.params import JSONBody, Parameter

from sayso.actions import pictures
from sayso.api.problems import settled
from sayso.api.services import Asker, Given
from sayso.core.pictures import PATH
from sayso.storage.pictures import Kept


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
    return _told(settled(done))


class RoomOut(msgspec.Struct, frozen=True):
    """What all pictures take, what they may, and the removable ones among those brought over 30 days ago."""

    bytes: int
    most_bytes: int
    removable: list[MediaOut]


@get("/media")
async def show_room(services: Given, actor: Asker) -> RoomOut:
    """The room for pictures, and at most 200 that nothing used for 30 days. Scope: campaigns:read."""
    found = settled(await pictures.picture_room(services.pool, actor, services.now()))
    return RoomOut(found.taken, found.most, [_told(one) for one in found.removable])


@delete("/media/{token:str}")
async def remove_media(
    services: Given, actor: Asker, token: Annotated[str, Parameter(max_length=40)]
) -> None:
    """Remove a picture that no campaign uses and no message took for 30 days. Scope: campaigns:write.

    `token` is the end of its address.
    """
    settled(await pictures.remove_picture(services.pool, actor, token, services.now()))


def _told(kept: Kept) -> MediaOut:
    return MediaOut(
        PATH + kept.token, kept.content_type, kept.width, kept.height, kept.bytes, kept.description
    )


router = Router("", route_handlers=[add_media, show_room, remove_media], tags=["Media"])
