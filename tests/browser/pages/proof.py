"""Opt-outs and their proof, replay, country rules."""

from __future__ import annotations

from tests.browser import proof_scene
from tests.consoles import Console

PAGES = (
    ("opt-outs-filtered", "/opt-outs/?source=keyword&from=2026-11-01"),
    ("opt-outs-proof", f"/opt-outs/{proof_scene.PHONE}/"),
    ("opt-outs-proof-unknown", "/opt-outs/447700900999/"),
    ("opt-outs-block", "/opt-outs/block/"),
    ("opt-outs-import", "/opt-outs/import/"),
    ("opt-outs-export", "/opt-outs/export/"),
    ("opt-outs-whose", f"/opt-outs/{proof_scene.PHONE}/whose/"),
    ("opt-outs-back", f"/opt-outs/{proof_scene.PHONE}/back/"),
    ("replay", "/replay/?match_mode=contains"),
    ("countries", "/countries/"),
    ("country", "/countries/DE/"),
    ("country-known", "/countries/US/"),
)


def furnish(console: Console, workspace_id: int) -> dict[str, object]:
    """A workspace with a past."""
    return dict(proof_scene.furnish(console, workspace_id))
