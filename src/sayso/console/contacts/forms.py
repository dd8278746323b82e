"""One contact as a form: made by hand, or changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from msgspec import UNSET

from sayso.console.components.numbers import spaced
from sayso.console.components.places import country_choices
from sayso.console.forms import Form
from sayso.core import attribute_lines
from sayso.core.contact_record import LONGEST_EXTERNAL_ID, ContactRow, ContactWanted
from sayso.core.problems import Problem

CONSENTS = (("unknown", "Unknown: nobody has said"), ("yes", "Yes"), ("no", "No"))
VALIDITIES = (("", "Computed: a possible number and no landline"), ("yes", "Yes"), ("no", "No"))


class ContactForm(Form):
    """R8.1: what is known of a contact."""

    phone = forms.CharField(
        label="Mobile number",
        max_length=64,
        required=False,
        help_text="With its country code, or as it is dialled in the contact’s country. Another number "
        "starts without consent.",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    email = forms.CharField(label="E-mail", max_length=320, required=False)
    external_id = forms.CharField(
        label="External id",
        max_length=LONGEST_EXTERNAL_ID,
        required=False,
        help_text="By which your other systems know them, for good. Without one it is the number.",
    )
    country = forms.ChoiceField(label="Country", required=False)
    language = forms.CharField(
        label="Language", max_length=35, required=False, help_text="A code such as en or pt-BR."
    )
    time_zone = forms.CharField(
        label="Time zone", max_length=60, required=False, help_text="A name such as Europe/London."
    )
    sms_consent = forms.ChoiceField(
        label="Consent to texts",
        choices=CONSENTS,
        initial="unknown",
        help_text="It stands in the ledger as said in the console. A yes lifts no stop: that takes a START, "
        "or a yes with evidence.",
        widget=forms.RadioSelect,
    )
    sms_valid = forms.ChoiceField(label="The number takes texts", choices=VALIDITIES, required=False)
    attributes = forms.CharField(
        label="Attributes",
        required=False,
        max_length=60_000,
        help_text="One a line, as name: value. A line that you take out is an attribute that is gone.",
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto", "spellcheck": "false"}),
    )

    def __init__(self, data: Any = None, *, stood: ContactRow | None = None, **kwargs: Any) -> None:
        super().__init__(data, initial=initial(stood) if stood else None, **kwargs)
        self._stood = stood
        self.fields["country"].choices = [("", "Not said"), *country_choices()]
        if stood:
            del self.fields["external_id"]

    def clean_attributes(self) -> Mapping[str, object]:
        """The attributes by name."""
        stood = self._stood.attributes if self._stood else {}
        read = attribute_lines.read(self.cleaned_data["attributes"], stood)
        if isinstance(read, Problem):
            raise forms.ValidationError(read.message)
        return attribute_lines.changed(read, stood)

    def wanted(self) -> ContactWanted:
        """As the action takes it; consent is said only where it becomes another."""
        said = {name: value or None for name, value in self.cleaned_data.items()}
        consent = said["sms_consent"]
        return ContactWanted(
            said.get("external_id") or "",
            said["phone"],
            said["email"],
            said["language"],
            said["time_zone"],
            said["country"],
            self.cleaned_data["attributes"],
            UNSET if consent == (self._stood.sms_consent if self._stood else "unknown") else consent,
            {"yes": True, "no": False}.get(str(said["sms_valid"])),
        )


def initial(stood: ContactRow) -> dict[str, str]:
    """What the form begins with."""
    fields = {name: getattr(stood, name) or "" for name in ("email", "language", "time_zone", "country")}
    valid = "" if stood.sms_valid is None else "yes" if stood.sms_valid else "no"
    return fields | {
        "phone": spaced(stood.phone, "") if stood.phone else "",
        "sms_consent": stood.sms_consent,
        "sms_valid": valid,
        "attributes": attribute_lines.lines(stood.attributes),
    }
