"""What columns become, and what a row says."""

from __future__ import annotations

import pytest
from msgspec import UNSET

from sayso.core.contact_record import Read
from sayso.core.import_files import Place, Record
from sayso.core.importing import Columns, faults, suggest, understood

pytestmark = pytest.mark.rule("R8.2")


def row(*cells: str, line: int = 7) -> Record:
    return Record(cells, line, ";".join(cells), Place(0, line))


def understand(targets: tuple[str, ...], *cells: str) -> Read:
    return understood(row(*cells), Columns(targets, "GB"))


@pytest.mark.parametrize("blank", [" " * 5_000, "," * 20_000], ids=["spaces", "cells"])
def test_a_blank_row_is_blank_however_long_it_is(blank: str) -> None:
    """It ended the whole file: what was refused behind it was never read."""
    read = understood(Record((), 7, f"{blank}\n", Place(0, 7)), Columns(("phone",), "GB"))
    assert read.phone is UNSET


@pytest.mark.parametrize(
    ("columns", "targets"),
    [
        (("Mobile number", "E-mail", "First Name"), ("phone", "email", "attributes.first_name")),
        (("Kundennummer", "Handy", "Vorname"), ("external_id", "phone", "attributes.first_name")),
        (
            ("N° client", "Téléphone portable", "Prénom"),
            ("attributes.n°_client", "phone", "attributes.first_name"),
        ),
        (("Teléfono móvil", "País", "Tienda"), ("phone", "country", "attributes.tienda")),
        (("Telefon", "Handy"), ("attributes.telefon", "phone")),
        (("SMS consent", "sms_valid", "Time zone"), ("sms_consent", "sms_valid", "time_zone")),
        # A file of contacts that Sayso handed out itself.
        (
            ("external_id", "phone", "first_name", "created_at", "updated_at", "attributes"),
            ("external_id", "phone", "attributes.first_name", "", "", ""),
        ),
        (("phone", "Created at"), ("phone", "attributes.created_at")),
    ],
)
def test_columns_are_known_by_the_names_people_use(
    columns: tuple[str, ...], targets: tuple[str, ...]
) -> None:
    assert suggest(columns) == targets


@pytest.mark.parametrize(
    ("targets", "code"),
    [
        (("phone",), "count"),
        (("phone", "phone"), "twice"),
        (("email", ""), "no_key"),
        (("phone", "shoe_size"), "unknown"),
        (("phone", "attributes."), "name"),
    ],
)
def test_a_mapping_that_cannot_be_read_by_says_why(targets: tuple[str, ...], code: str) -> None:
    assert code in {fault.code for fault in faults(targets, ("a", "b"))}


@pytest.mark.rule("R8.1")
@pytest.mark.parametrize(("count", "codes"), [(200, []), (201, ["too_many"]), (249, ["too_many"])])
def test_a_file_brings_no_more_attributes_than_a_contact_takes_at_a_time(
    count: int, codes: list[str]
) -> None:
    targets = ("phone", *(f"attributes.a{place}" for place in range(count)))
    assert [fault.code for fault in faults(targets, targets)] == codes


def test_without_an_external_id_the_number_is_the_key() -> None:
    read = understand(("phone", "attributes.shop"), "07911 123456", "Bath")
    assert read.problems == ()
    assert (read.wanted.external_id, read.phone) == ("+447911123456", 447911123456)
    assert read.wanted.attributes == {"shop": "Bath"}
    assert read.wanted.line == 7


def test_a_blank_cell_is_not_said() -> None:
    read = understand(("external_id", "phone", "email"), "7", "  ", "")
    assert (read.problems, read.phone, read.wanted.email) == ((), UNSET, UNSET)


@pytest.mark.parametrize(
    ("targets", "cells", "field"),
    [
        (("phone",), ("",), "phone"),
        (("phone",), ("call me",), "phone"),
        (("phone",), ("+999 1234567",), "phone"),
        (("external_id", "phone"), ("", "+447911123456"), "external_id"),
        (("phone", "email"), ("+447911123456", "at home"), "email"),
        (("phone", "country"), ("+447911123456", "Utopia"), "country"),
        (("phone", "sms_consent"), ("+447911123456", "perhaps"), "sms_consent"),
        (("phone",), ("+447911123456", "left over"), ""),
        (("phone", "attributes.note"), ("+447911123456", "x" * 2_001), ""),
        (("phone", "attributes.note"), ("+447911123456", "\0"), ""),
        (("phone", "attributes.note"), ("+447911123456", "\udc81"), ""),
    ],
)
def test_a_refused_row_names_what_is_wrong(
    targets: tuple[str, ...], cells: tuple[str, ...], field: str
) -> None:
    assert [problem.field for problem in understand(targets, *cells).problems] == [field]


@pytest.mark.parametrize(("written", "meant"), [("Ja", "yes"), ("NON", "no"), ("1", "yes"), ("x", "yes")])
def test_consent_is_read_in_people_s_words(written: str, meant: str) -> None:
    assert understand(("phone", "sms_consent"), "+447911123456", written).sms_consent == meant


def test_codes_are_read_in_any_case() -> None:
    read = understand(("phone", "country", "language"), "+447911123456", "gb", "EN_GB")
    assert (read.wanted.country, read.wanted.language, read.problems) == ("GB", "en-GB", ())


def test_uk_is_the_country_that_people_mean() -> None:
    read = understood(row("07911 123456", "uk"), Columns(("phone", "country"), "US"))
    assert (read.wanted.country, read.phone, read.problems) == ("GB", 447911123456, ())


@pytest.mark.parametrize("written", ["4.47911E+11", "4,47911123456E+11", " 4.5e+11", "1E+12"])
def test_a_number_that_a_spreadsheet_shortened_is_never_guessed_and_says_so(written: str) -> None:
    read = understand(("external_id", "phone"), "7", written)
    assert "A spreadsheet shortened it" in read.problems[0].message
