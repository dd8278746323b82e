"""What a recipient reads, in their language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """One language; `{workspace}`, `{end}` (of the number), `{moment}` and `{sender}` are filled in."""

    ask: str
    to_whom: str
    what: str
    yes: str
    some: str
    keep: str
    also: str
    done: str
    done_some: str
    when: str
    on_its_way: str
    back: str
    again: str
    unknown: str
    unknown_told: str
    away: str
    away_told: str
    link_unknown: str
    link_unknown_told: str
    link_away: str
    link_away_told: str


ENGLISH = Words(
    ask="Stop texts from {workspace}?",
    to_whom="To the number ending in {end}.",
    what="You’ll get no more offers by text. News about an order you placed still reaches you.",
    yes="Yes, stop them",
    some="Stop only some",
    keep="Keep the ticked ones",
    also="You can also reply STOP to any of our texts.",
    done="Done. No more offers by text.",
    done_some="Done. Only what you ticked.",
    when="Stopped {moment}, for the number ending in {end}.",
    on_its_way="A text that is already on its way may still arrive.",
    back="Changed your mind? Text START to {sender}.",
    again="Stop the rest too",
    unknown="This link is not complete",
    unknown_told="Open it from the text once more, whole. Or reply STOP to the text: that always works.",
    away="Not done yet",
    away_told="Something is wrong here, and nothing was changed. Try again in a moment, or reply STOP.",
    link_unknown="This link leads nowhere",
    link_unknown_told="Perhaps its end is missing. Open it from the text once more, whole.",
    link_away="One moment, please",
    link_away_told="Something is wrong here, and the page cannot be opened right now. Try again in a moment.",
)
GERMAN = Words(
    ask="Keine SMS mehr von {workspace}?",
    to_whom="An die Nummer mit der Endung {end}.",
    what="Sie bekommen keine Angebote mehr per SMS. Nachrichten zu Ihren Bestellungen kommen weiter an.",
    yes="Ja, abbestellen",
    some="Nur einen Teil abbestellen",
    keep="Nur Angekreuztes behalten",
    also="Sie können auch mit STOP auf jede unserer SMS antworten.",
    done="Erledigt. Keine Angebote mehr per SMS.",
    done_some="Erledigt. Nur noch, was Sie angekreuzt haben.",
    when="Abbestellt am {moment}, für die Nummer mit der Endung {end}.",
    on_its_way="Eine SMS, die schon unterwegs ist, kann noch ankommen.",
    back="Doch wieder? Senden Sie START an {sender}.",
    again="Auch den Rest abbestellen",
    unknown="Dieser Link ist unvollständig",
    unknown_told="Öffnen Sie ihn noch einmal ganz aus der SMS. Oder antworten Sie mit STOP: Das geht immer.",
    away="Noch nicht erledigt",
    away_told="Bei uns ist etwas gestört, und nichts wurde geändert. Versuchen Sie es gleich noch einmal, "
    "oder antworten Sie mit STOP.",
    link_unknown="Dieser Link führt nirgendwohin",
    link_unknown_told="Vielleicht fehlt sein Ende. Öffnen Sie ihn noch einmal ganz aus der SMS.",
    link_away="Einen Moment bitte",
    link_away_told="Bei uns ist etwas gestört, und die Seite lässt sich gerade nicht öffnen. "
    "Versuchen Sie es gleich noch einmal.",
)
FRENCH = Words(
    ask="Ne plus recevoir de SMS de {workspace} ?",
    to_whom="Au numéro se terminant par {end}.",
    what="Vous ne recevrez plus d’offres par SMS. Les nouvelles de vos commandes vous parviendront toujours.",
    yes="Oui, arrêter",
    some="N’en arrêter qu’une partie",
    keep="Garder ce qui est coché",
    also="Vous pouvez aussi répondre STOP à n’importe lequel de nos SMS.",
    done="C’est fait. Plus d’offres par SMS.",
    done_some="C’est fait. Seulement ce que vous avez coché.",
    when="Arrêté le {moment}, pour le numéro se terminant par {end}.",
    on_its_way="Un SMS déjà en route peut encore arriver.",
    back="Vous changez d’avis ? Envoyez START au {sender}.",
    again="Arrêter aussi le reste",
    unknown="Ce lien est incomplet",
    unknown_told="Ouvrez-le encore depuis le SMS, en entier. Ou répondez STOP : cela marche toujours.",
    away="Ce n’est pas encore fait",
    away_told="Un incident chez nous : rien n’a été changé. Réessayez dans un instant, ou répondez STOP.",
    link_unknown="Ce lien ne mène nulle part",
    link_unknown_told="Il manque peut-être sa fin. Ouvrez-le encore depuis le SMS, en entier.",
    link_away="Un instant, s’il vous plaît",
    link_away_told="Un incident chez nous : la page ne peut pas s’ouvrir. Réessayez dans un instant.",
)
SPANISH = Words(
    ask="¿No recibir más SMS de {workspace}?",
    to_whom="Al número terminado en {end}.",
    what="No recibirá más ofertas por SMS. Las noticias de sus pedidos le seguirán llegando.",
    yes="Sí, cancelarlos",
    some="Cancelar solo una parte",
    keep="Conservar lo marcado",
    also="También puede responder STOP a cualquiera de nuestros SMS.",
    done="Hecho. No habrá más ofertas por SMS.",
    done_some="Hecho. Solo lo que ha marcado.",
    when="Cancelado el {moment}, para el número terminado en {end}.",
    on_its_way="Un SMS que ya está en camino aún puede llegar.",
    back="¿Ha cambiado de idea? Envíe START al {sender}.",
    again="Cancelar también el resto",
    unknown="Este enlace está incompleto",
    unknown_told="Ábralo otra vez desde el SMS, entero. O responda STOP: eso siempre funciona.",
    away="Aún no está hecho",
    away_told="Algo falla por nuestra parte y no se ha cambiado nada. Inténtelo dentro de un momento, "
    "o responda STOP.",
    link_unknown="Este enlace no lleva a ninguna parte",
    link_unknown_told="Quizá le falte el final. Ábralo otra vez desde el SMS, entero.",
    link_away="Un momento, por favor",
    link_away_told="Algo falla por nuestra parte y la página no se puede abrir ahora. "
    "Inténtelo dentro de un momento.",
)
LANGUAGES = {"en": ENGLISH, "de": GERMAN, "fr": FRENCH, "es": SPANISH}


def language_of(*told: str | None) -> str:
    """The first language among these that there are words in; English where there are none in any."""
    for said in told:
        for each in (said or "").replace("_", "-").lower().split(","):
            code = each.split(";")[0].strip().split("-")[0]
            if code in LANGUAGES:
                return code
    return "en"
