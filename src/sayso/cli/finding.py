"""One thing that `doctor` looked at."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    state: State
    sentence: str

    def as_plain(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)
