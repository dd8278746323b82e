"""The catalogue tells the API and the console what each provider needs and does."""

import pytest

from sayso.providers import catalogue
from sayso.providers.catalogue import PROVIDERS
from sayso.providers.contract import NumberKind
from sayso.providers.reasons import PAUSING, RETRYABLE, SENTENCES


def test_the_kinds_are_those_of_the_api() -> None:
    assert set(PROVIDERS) == {"simulator", "sinch", "twilio"}


@pytest.mark.parametrize("kind", sorted(PROVIDERS))
def test_every_field_explains_itself(kind: str) -> None:
    names = [field.name for field in catalogue.fields(kind)]
    assert len(names) == len(set(names))
    for field in catalogue.fields(kind):
        assert field.label
        assert field.help.endswith(".")
        assert not field.choices or not field.default or field.default in field.codes
        assert all(choice.words[:1].isupper() and choice.words != choice.code for choice in field.choices)


def test_what_a_connection_is_told_is_parted_into_secrets_and_settings() -> None:
    told = {"account_sid": "AC1", "auth_token": "t", "api_key_secret": "", "base_url": None}
    assert catalogue.split("twilio", told) == ({"auth_token": "t"}, {"account_sid": "AC1"})


@pytest.mark.parametrize(
    ("kind", "told", "faulty"),
    [
        ("twilio", {"account_sid": "AC1"}, []),
        ("twilio", {}, ["account_sid"]),
        ("twilio", {"account_sid": "AC1", "acount": "x"}, ["acount"]),
        ("sinch", {"service_plan_id": "p", "api_token": "t", "region": "mars"}, ["region"]),
        ("sinch", {"service_plan_id": "p", "api_token": "t", "timestamp_window": 60}, []),
        ("sinch", {"service_plan_id": "p", "api_token": "t", "base_url": "ftp://x"}, ["base_url"]),
        ("simulator", {"base_url": ["http://x"]}, ["base_url"]),
        ("simulator", {"base_url": "http://x", "provider_answers": "all"}, ["provider_answers"]),
    ],
)
def test_faults_name_their_field(kind: str, told: dict[str, object], faulty: list[str]) -> None:
    found = catalogue.faults(kind, told)
    assert [fault.field for fault in found] == faulty
    assert all(fault.message.endswith(".") for fault in found)


@pytest.mark.rule("R5.8")
@pytest.mark.parametrize(
    ("kind", "settings", "number_kind", "answers"),
    [
        ("twilio", {}, "long_code", "stop_start_help"),
        ("twilio", {}, "exclusive_short_code", "none"),
        ("twilio", {"provider_answers": "none"}, "long_code", "none"),
        ("twilio", {"provider_answers": "stop"}, "shared_short_code", "stop"),
        ("twilio", {"provider_answers": "?"}, "long_code", "stop_start_help"),
        ("sinch", {}, "long_code", "none"),
        ("simulator", {}, "shared_short_code", "none"),
        ("simulator", {"provider_answers": "stop"}, "long_code", "stop"),
    ],
)
def test_what_a_provider_answers_itself(
    kind: str, settings: dict[str, object], number_kind: NumberKind, answers: str
) -> None:
    assert catalogue.provider_answers(kind, settings, number_kind) == answers


@pytest.mark.rule("R6.6")
def test_only_twilio_holds_a_block_of_its_own() -> None:
    assert {kind for kind, provider in PROVIDERS.items() if provider.holds_block} == {"twilio"}


def test_every_reason_has_a_sentence() -> None:
    assert all(sentence.endswith(".") for reason, sentence in SENTENCES.items() if reason)
    assert set(SENTENCES) > RETRYABLE | PAUSING


@pytest.mark.rule("R5.11")
def test_a_connection_whose_callbacks_prove_nothing_is_told_apart() -> None:
    assert catalogue.warnings("sinch", {"api_token": "t"}, {})
    assert catalogue.warnings("twilio", {"api_key_secret": "t"}, {"callback_auth": "configured"})
    assert not catalogue.warnings("sinch", {"api_token": "t"}, {"callback_auth": "none"})
    assert not catalogue.warnings("sinch", {"webhook_secret": "t"}, {})
    assert not catalogue.warnings("twilio", {"auth_token": "t"}, {})
    assert not catalogue.warnings("simulator", {}, {})


@pytest.mark.rule("R5.11")
@pytest.mark.parametrize("kind", sorted(PROVIDERS))
def test_what_a_connection_is_advised_can_be_chosen_there(kind: str) -> None:
    ways = next(field.codes for field in catalogue.fields(kind) if field.name == "callback_auth")
    assert any("address alone" in said for said in catalogue.warnings(kind, {}, {})) == ("none" in ways)
