"""Pictures by their bytes: what is taken, what is refused and why, and that nothing of the camera is left."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sayso.core.pictures import MOST_BYTES, MOST_FRAMES, SENT_BYTES, Picture, read, token_of
from sayso.core.problems import Problem


def written(kind: str, size: tuple[int, int] = (40, 30), **more: Any) -> bytes:
    out = BytesIO()
    mode = more.pop("mode", "RGB")
    Image.new(mode, size, more.pop("colour", "purple")).save(out, kind, **more)
    return out.getvalue()


def picture(data: bytes) -> Picture:
    found = read(data)
    assert isinstance(found, Picture), found
    return found


def many_frames() -> bytes:
    out = BytesIO()
    frames = [Image.new("L", (1, 1), at % 256) for at in range(MOST_FRAMES + 1)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=80)
    return out.getvalue()


def outgrowing(side: int, frames: int = 1) -> bytes:
    """A GIF of one point, as it says, whose further frames have `side` by `side`."""
    large = written("GIF", (side, side), mode="P", colour=0)
    frame = large[large.index(b"\x2c" + struct.pack("<HHHH", 0, 0, side, side)) : -1]
    return written("GIF", (1, 1), mode="P", colour=0)[:-1] + frame * frames + b";"


def with_a_preview() -> bytes:
    """What some cameras write: a photograph, and behind it a smaller one of it."""
    out = BytesIO()
    photograph, preview = Image.new("RGB", (60, 40), "green"), Image.new("RGB", (30, 20), "green")
    photograph.save(out, "MPO", save_all=True, append_images=[preview])
    return out.getvalue()


def with_a_place() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    exif.get_ifd(0x8825)[1] = "N"
    return written("JPEG", (60, 20), exif=exif, comment=b"in my garden")


@pytest.mark.rule("R9.2")
def test_nothing_of_the_place_and_the_camera_is_left() -> None:
    brought = with_a_place()
    assert b"a camera" in brought
    assert b"garden" in brought
    kept = picture(brought).content
    assert b"camera" not in kept
    assert b"garden" not in kept
    assert not dict(Image.open(BytesIO(kept)).getexif())


def test_a_picture_that_lies_on_its_side_is_stood_up() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    found = picture(written("JPEG", (60, 20), exif=exif))
    assert (found.width, found.height) == (20, 60)


@pytest.mark.rule("R9.2")
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "missing"),
        (b"\xff\xd8\xff\xe0 cut off", "damaged"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "wrong_type"),
        (b"%PDF-1.7", "wrong_type"),
        (written("BMP"), "wrong_type"),
        (written("WEBP"), "wrong_type"),
        (written("PNG")[:60], "damaged"),
        (b"x" * (MOST_BYTES + 1), "too_large"),
        (b"\xff\xd8\xff" + b"\xff\xda\x00\x02" * 200, "damaged"),
        (many_frames(), "too_many_pixels"),
        (written("PNG", (9000, 9000), mode="1", colour=0), "too_many_pixels"),
        (outgrowing(13_000), "too_many_pixels"),
        (outgrowing(4_000, 2), "too_many_pixels"),
    ],
)
def test_what_is_no_picture_or_too_much_of_one_is_refused(data: bytes, code: str) -> None:
    found = read(data)
    assert isinstance(found, Problem)
    assert found.code == code
    assert found.message.endswith(".")


@pytest.mark.rule("R9.2")
def test_what_is_too_large_is_made_smaller_and_what_moves_goes_on_moving() -> None:
    noise = Image.effect_noise((2200, 1600), 90).convert("RGB")
    out = BytesIO()
    noise.save(out, "JPEG", quality=80)
    large = picture(out.getvalue())
    assert len(large.content) <= SENT_BYTES
    assert large.width < 2200

    frames = [Image.new("RGB", (30, 30), colour) for colour in ("red", "green", "blue")]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=80)
    moving = picture(out.getvalue())
    assert moving.content_type == "image/gif"
    assert getattr(Image.open(BytesIO(moving.content)), "n_frames", 1) == 3


@pytest.mark.rule("R9.2")
def test_of_a_photograph_with_others_behind_it_the_first_is_taken() -> None:
    found = picture(with_a_preview())
    assert (found.content_type, found.width, found.height) == ("image/jpeg", 60, 40)


def test_what_one_sees_through_stays_so_and_the_same_picture_is_known_again() -> None:
    clear = picture(written("PNG", mode="RGBA", colour=(1, 2, 3, 0)))
    assert clear.content_type == "image/png"
    assert Image.open(BytesIO(clear.content)).mode == "RGBA"
    assert picture(with_a_place()).digest == picture(with_a_place()).digest


@given(st.binary(max_size=200), st.sampled_from([b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe1"]))
def test_no_bytes_raise_anything(data: bytes, head: bytes) -> None:
    assert isinstance(read(head + data), Picture | Problem)


def test_an_address_of_ours_is_told_from_others() -> None:
    assert token_of("/m/" + "a" * 22) == "a" * 22
    assert token_of("/m/short") is None
    assert token_of("https://example.org/m/" + "a" * 22) is None
