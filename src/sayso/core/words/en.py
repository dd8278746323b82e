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
    not_theirs=(
        "wrong number, wrong person, wrong phone number, no longer his number, no longer her number, "
        "no longer their number, not his number, not her number, not their number, new owner of this number"
    ),
)
