"""Portuguese. `sair` and `pare` begin ordinary sentences, the latter in Romanian too: whole texts only."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "pt",
    strong_out=(
        "parar, descadastrar, descadastre, cancelar inscricao, cancelar subscricao, sair da lista, "
        "pare de enviar, pare de mandar, remover da lista"
    ),
    weak_out="sair, pare, cancelar, remover, fim",
    back="voltar, receber, reativar",
    strong_help="ajuda",
    weak_help="informacao, informacoes",
    courtesy="por favor, pf, obrigado, obrigada",
    not_theirs="número errado, pessoa errada, já não é o número dele, já não é o número dela",
)
