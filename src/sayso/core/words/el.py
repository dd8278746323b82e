"""Greek."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "el",
    strong_out="στοπ, απεγγραφή, διαγραφή από τη λίστα",
    weak_out="διαγραφή, διακοπή, σταμάτα, σταματήστε, τέλος",
    back="έναρξη, εγγραφή",
    strong_help="βοήθεια",
    weak_help="πληροφορίες",
    courtesy="παρακαλώ, ευχαριστώ",
    not_theirs="λάθος αριθμός, λάθος νούμερο, λάθος άτομο",
)
