"""French. `fin` and `annuler` are everyday words: whole texts only."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "fr",
    strong_out=(
        "stop, arret, arrete, arretez, arreter, desabonner, desabonnez, desabonnement, "
        "me desabonner, desinscrire, desinscription, me desinscrire, stop sms, stop pub"
    ),
    weak_out="fin, annuler, arrett, resilier",
    back="reprendre, reabonner",
    strong_help="aide",
    weak_help="infos, renseignements",
    courtesy="svp, stp, s'il vous plait, s'il te plait, merci, merci beaucoup",
    not_theirs="mauvais numéro, mauvaise personne, faux numéro, plus son numéro, erreur de numéro",
)
