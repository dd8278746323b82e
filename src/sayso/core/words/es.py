"""Spanish. `baja`, `alto`, `para`, `basta`, `salir` begin ordinary sentences: whole texts only."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "es",
    strong_out=(
        "detener, parar, desuscribir, desuscribirme, desuscribirse, darme de baja, dar de baja, "
        "dame de baja, darse de baja, cancelar suscripcion, cancelar la suscripcion, "
        "no mas mensajes, no mas sms"
    ),
    weak_out="baja, alto, salir, basta, para, pare, cancelar, fin, no mas, desuscripcion",
    back="alta, darme de alta, volver, recibir, iniciar, reanudar",
    strong_help="ayuda",
    weak_help="informacion",
    courtesy="por favor, porfa, gracias, muchas gracias",
    not_theirs="número equivocado, persona equivocada, ya no es su número, no es su número",
)
