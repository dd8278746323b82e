"""Hindi. Vowel signs belong to the word and are kept."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "hi",
    strong_out="स्टॉप, सदस्यता समाप्त",
    weak_out="बंद करो, बंद करें, रोको, रोकें",
    back="शुरू, स्टार्ट",
    strong_help="सहायता",
    courtesy="कृपया, धन्यवाद",
)
