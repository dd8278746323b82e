"""English."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "en",
    strong_out=(
        "stop, stopall, stop all, unsubscribe, unsub, revoke, optout, opt out, opt me out, "
        "remove me, unsubscribe me"
    ),
    weak_out="cancel, end, quit, remove",
    back="start, unstop, subscribe, resubscribe",
    strong_help="help",
    weak_help="info, information",
    courtesy="please, pls, plz, thanks, thank you, thx, kindly",
)
