"""Malay. Malaysia asks for INFO rather than HELP."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "ms",
    strong_out="berhenti, berhenti langganan, henti langganan",
    weak_out="batal",
    back="mula",
    strong_help="bantuan",
    courtesy="sila, tolong, terima kasih",
)
