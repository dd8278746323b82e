"""Estonian."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "et",
    strong_out="stopp, loobu",
    weak_out="lõpeta",
    back="alusta",
    strong_help="abi",
    courtesy="palun, aitäh",
)
