"""What a picture really is, by its bytes, and how it is written anew to travel (R9.2).

Nothing but the picture is kept: no place, no camera, no comment. What is too large is made smaller; what
would fill the memory once it is unpacked is refused before.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO
from typing import Any

from sayso.core.problems import Problem

MOST_BYTES = 5 * 1024 * 1024
"""What may be brought; the same for every provider."""
ROOM = 1_000_000_000
"""What all pictures of a workspace may take, in bytes as they are sent."""
MOST_PIXELS = 25_000_000
"""Of all frames together: 100 MB once it is unpacked."""
MOST_FRAMES = 500
MOST_SCANS = 100
"""A JPEG may paint all its points again and again in a few bytes; cameras do it ten times."""
SENT_BYTES = 600_000
"""What carriers bring to a telephone without making it smaller themselves."""
TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif"}
PATH = "/m/"
TOKEN_LENGTH = 22
_SIDES = (1600, 1280, 1024, 800, 640, 480, 320)
_NOT_A_PICTURE = "This is no JPEG, PNG or GIF, whatever its name says. Save it as one of these."
_BROKEN = "The picture is cut off or damaged. Save it anew and bring it again."


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is sent."""

    content_type: str
    width: int
    height: int
    content: bytes

    @property
    def digest(self) -> bytes:
        """What it is known by: the same picture is kept once."""
        return blake2b(self.content, digest_size=32).digest()


def read(data: bytes, field: str = "picture") -> Picture | Problem:
    """Look at what was brought, and write it anew; a problem says what is wrong with it."""
    if not data:
        return Problem(field, "missing", "Choose a picture: a JPEG, PNG or GIF.")
    if len(data) > MOST_BYTES:
        return Problem(field, "too_large", f"It has {len(data) / 1e6:.1f} MB; a picture has at most 5 MB.")
    if data.count(b"\xff\xda") > MOST_SCANS and data.startswith(b"\xff\xd8"):
        return Problem(field, "damaged", _BROKEN)
    # Late: few processes ever see a picture.
    from PIL import Image, UnidentifiedImageError

    _bound(Image)
    try:
        with Image.open(BytesIO(data), formats=tuple(TYPES)) as found:
            # A JPEG may bring others along (MPO), as cameras do for depth and previews: it is the first.
            frames = int(getattr(found, "n_frames", 1)) if found.format in TYPES else 1
            if frames > MOST_FRAMES or found.width * found.height * frames > MOST_PIXELS:
                return Problem(field, "too_many_pixels", _too_many(found.width, found.height, frames))
            return _smallest(found, frames) or Problem(
                field, "too_large", "It stays too large however it is written. Choose one with fewer frames."
            )
    except Image.DecompressionBombError:
        return Problem(field, "too_many_pixels", f"It has more than {MOST_PIXELS:,} points. Make it smaller.")
    except UnidentifiedImageError:
        return Problem(field, "wrong_type", _NOT_A_PICTURE)
    except Exception:  # whatever a damaged file does to the decoders
        return Problem(field, "damaged", _BROKEN)


def token_of(address: str) -> str | None:
    """The token of one of our own addresses; None: it lies elsewhere."""
    token = address.removeprefix(PATH)
    return token if token != address and len(token) == TOKEN_LENGTH else None


def _bound(image: Any) -> None:
    """Have the decoders refuse what grows: a frame of a GIF may be larger than the GIF says it is."""
    image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # they refuse what has more than twice as many, and warn before
    warnings.simplefilter("ignore", image.DecompressionBombWarning)


def _smallest(found: Any, frames: int) -> Picture | None:
    """The largest writing of it that carriers bring as it is."""
    for side in _SIDES:
        if side is not _SIDES[-1] and max(found.size) <= _SIDES[_SIDES.index(side) + 1]:
            continue  # it is smaller than this already: written the same way a step later
        picture = _animated(found, side) if frames > 1 else _still(found, side)
        if len(picture.content) <= SENT_BYTES:
            return picture
    return None


def _still(found: Any, side: int) -> Picture:
    from PIL import ImageOps

    is_jpeg = found.format not in ("PNG", "GIF")
    image = ImageOps.exif_transpose(found)
    if is_jpeg or not _sees_through(image):
        image = image.convert("RGB")
    elif image.mode not in ("RGBA", "P"):
        image = image.convert("RGBA")
    image.thumbnail((side, side))
    # A photograph as a PNG is several times as large: it travels as a JPEG.
    kind = "PNG" if not is_jpeg and (_sees_through(image) or _is_drawn(image)) else "JPEG"
    return _written(image, kind, {"quality": 82} if kind == "JPEG" else {"optimize": True})


def _animated(found: Any, side: int) -> Picture:
    from PIL import Image, ImageSequence

    frames, durations, points = [], [], 0
    for frame in ImageSequence.Iterator(found):
        points += frame.width * frame.height
        if points > MOST_PIXELS:
            raise Image.DecompressionBombError
        durations.append(int(frame.info.get("duration", 100) or 100))
        kept = frame.convert("RGBA")
        kept.thumbnail((side, side))
        kept.info = {}
        frames.append(kept)
    more = {"save_all": True, "append_images": frames[1:], "duration": durations, "loop": 0, "disposal": 2}
    return _written(frames[0], "GIF", more)


def _written(image: Any, kind: str, more: dict[str, Any]) -> Picture:
    # Whatever else it said of itself stays behind.
    image.info = {name: value for name, value in image.info.items() if name == "transparency"}
    out = BytesIO()
    image.save(out, kind, **more)
    return Picture(TYPES[kind], image.width, image.height, out.getvalue())


def _sees_through(image: Any) -> bool:
    return image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info


def _is_drawn(image: Any) -> bool:
    """Whether it has few colours, as drawings and signs have."""
    return image.convert("RGB").getcolors(maxcolors=512) is not None


def _too_many(width: int, height: int, frames: int) -> str:
    told = f"It has {width:,} × {height:,} points" + (f" in {frames:,} frames" if frames > 1 else "")
    return f"{told}; {MOST_PIXELS:,} in {MOST_FRAMES} frames are the most. Make it smaller."
