"""What answers say of the provider itself: how long to leave it alone, and what to ring about."""

from __future__ import annotations

import logging

from sayso.engine.gateway import Result, Unreachable, Unsent, Unwritable, Way
from sayso.engine.sending_record import ACCOUNT_PAUSE
from sayso.engine.supervisor import Works
from sayso.providers.contract import Accepted, Later, Refused, Unsure
from sayso.providers.reasons import PAUSING

LONGEST_PAUSE = 60.0
# One answer is lost now and then; so many in a row, and the provider is in trouble: each message that it is
# given now may be one that nobody can account for.
LOST_IN_A_ROW = 3
RING_AFTER_PAUSES = 2
ACCOUNT, SILENT = "provider_account", "provider_silent"
FAILED_OVER = "connection_failed_over"

log = logging.getLogger(__name__)


class Trouble:
    """Remembers of one connection what went wrong since its provider last answered as it should."""

    def __init__(self, works: Works, way: Way, name: str) -> None:
        self._works = works
        self._way = way
        self._name = name
        self._lost = 0
        self._pauses = 0
        self._unanswered = False
        self._ringing = {ACCOUNT, SILENT, FAILED_OVER}  # a process that died may have left one ringing
        self._rung: set[str] = set()

    @property
    def is_asking(self) -> bool:
        """Whether one message at a time asks if the provider is back: more would be lost with it."""
        return self._pauses > 0

    @property
    def is_silent(self) -> bool:
        """Whether the alarm rings for silence, and nothing was heard since: a refusal is an answer too."""
        return self._unanswered and self._pauses >= RING_AFTER_PAUSES

    def pause(self, result: Result, *, resting: bool) -> float:
        """Seconds to send nothing; 0 where the provider is well. `resting`: a pause is under way already.

        What many answers of one slice say is one trouble, and the next pause is twice as long.
        """
        self._unanswered = _is_unanswered(result, self._unanswered)
        match result:
            case Later(delay, "throttled"):
                # The message waits as long as it was told; the others ask again sooner.
                return min(LONGEST_PAUSE, delay.total_seconds())
            case Refused(reason, _, _) if reason in PAUSING:
                return ACCOUNT_PAUSE.total_seconds()
            case Unsure():
                self._lost += 1
                if self._lost < LOST_IN_A_ROW:
                    return 0.0
            case Unreachable():
                pass
            case Unsent() | Unwritable():
                return 0.0  # it was not asked
            case _:
                self._lost = self._pauses = 0
                return 0.0
        if not resting:
            self._pauses += 1
            log.warning("connection %s is in trouble: %s", self._way.id, _why(result))
        return min(LONGEST_PAUSE, 0.5 * 2.0 ** min(self._pauses, 8))

    def is_news(self, result: Result) -> bool:
        """Whether `tell` has anything to look at: where all is well there is not."""
        return bool(self._ringing) or not isinstance(result, Accepted)

    async def tell(self, result: Result) -> None:
        """Ring for what people must look at, once; say when it is over."""
        if isinstance(result, Accepted):
            await self._settle()
        elif isinstance(result, Refused) and result.reason in PAUSING:
            await self.ring(ACCOUNT, self._account(result.code))
        elif self._pauses >= RING_AFTER_PAUSES:
            await self.ring(SILENT, self._silence(_why(result)))

    async def _settle(self) -> None:
        if not self._ringing:
            return
        over, self._ringing = self._ringing, set()
        self._rung.clear()
        for code in over:
            await self._works.settle(code, self._name)

    async def ring(self, code: str, sentence: str) -> None:
        """Ring once, until the provider takes a message again."""
        if code not in self._rung:
            self._rung.add(code)
            self._ringing.add(code)
            await self._works.ring(code, self._name, sentence)

    def _account(self, code: str) -> str:
        return (
            f"{self._way.provider.title} refuses the account of {self._called}, "
            f"code {code or 'none'}. Check its credentials, address, credit and state. Its messages wait, "
            "and are tried each minute for a day."
        )

    def _silence(self, why: str) -> str:
        return (
            f"{self._way.provider.title} does not answer {self._called} as it should: {why}. Its messages "
            "wait, and one at a time asks, at most a minute apart, whether it is back. Look whether this "
            "server reaches its address, and ask the provider."
        )

    @property
    def _called(self) -> str:
        return f"connection {self._way.id} ({self._way.name})"


def _is_unanswered(result: Result, before: bool) -> bool:
    return before if isinstance(result, Unsent | Unwritable) else isinstance(result, Unsure | Unreachable)


def _why(result: Result) -> str:
    match result:
        case Unreachable(why):
            return why[:300]
        case _:
            return "the answers to messages are lost or server errors"
