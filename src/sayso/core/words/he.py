"""Hebrew."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "he",
    strong_out="הסר, הסרה, הסירו, הסירו אותי",
    weak_out="עצור, הפסק, ביטול, בטל, די",
    back="חזרה, הרשמה",
    strong_help="עזרה",
    weak_help="מידע",
    courtesy="בבקשה, תודה",
)
