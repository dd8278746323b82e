"""German."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "de",
    strong_out=(
        "stopp, abmelden, abmeldung, abbestellen, austragen, keine sms mehr, keine nachrichten mehr, "
        "keine werbung mehr"
    ),
    weak_out="ende, aufhören, aufhoeren, beenden, kündigen, kuendigen",
    back="anmelden, wieder anmelden",
    strong_help="hilfe",
    weak_help="infos",
    courtesy="bitte, bitte schön, danke, vielen dank, danke schön",
    not_theirs=(
        "falsche nummer, falsche person, nicht mehr seine nummer, nicht mehr ihre nummer, "
        "nicht seine nummer, nicht ihre nummer, falsch verbunden"
    ),
)
