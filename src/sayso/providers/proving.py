"""How callbacks prove who sent them: the setting that every provider has, in people's words."""

from sayso.providers.contract import Choice, Field

CONFIGURED = Choice(
    "configured",
    "By whatever has a secret here",
    "Each secret that is given is checked. Without any, whoever learns the callback address can text as "
    "anyone.",
)
SIGNATURE = Choice(
    "signature",
    "By a signature, always",
    "Nobody can make up a text or alter one on its way. Without its secret here, every callback is refused.",
)
BASIC = Choice(
    "basic",
    "By user name and password, always",
    "Only who knows both gets in; whether a text was altered on its way does not show. Without the password "
    "here, every callback is refused.",
)
NONE = Choice(
    "none",
    "By the address alone, knowingly",
    "Whoever learns the callback address can text as anyone, and nobody is warned of it. A secret that is "
    "given is checked all the same.",
)


def callback_auth(*ways: Choice) -> Field:
    """The field, with the ways that a provider knows; what has a secret is checked unless more is asked."""
    return Field(
        "callback_auth",
        "How callbacks prove who sent them",
        "By callbacks the provider brings texts and receipts. The proof keeps everybody else out.",
        default=CONFIGURED.code,
        choices=(CONFIGURED, *ways),
    )
