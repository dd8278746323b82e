"""Indonesian. `unreg` is left out: in Pakistan it means to receive again."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "id",
    strong_out="berhenti, berhenti langganan, stop langganan",
    weak_out="batal, cukup, hentikan",
    back="mulai",
    strong_help="bantuan",
    weak_help="informasi",
    courtesy="tolong, mohon, terima kasih, makasih",
)
