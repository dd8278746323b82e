"""What is paid for, by whom it is topped up, and when somebody is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from sayso.actions.credit import LONGEST_NOTE, Spending
from sayso.console.components.places import country_choices
from sayso.console.forms import Form
from sayso.core import money
from sayso.core.credit import ANYWHERE, MMS, SMS
from sayso.storage.prices import Price

CURRENCIES = ("EUR", "GBP", "USD", "CAD", "AUD", "CHF", "CZK", "DKK", "NOK", "PLN", "SEK")


class Amount(forms.CharField):
    """An amount of money, as people write it, to the millionth."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 20)
        super().__init__(**kwargs)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off", "class": "form-control tab"}

    def clean(self, value: Any) -> int | None:
        """Millionths; None: nothing was written."""
        said = str(super().clean(value)).strip()
        if not said:
            return None
        amount = money.read(said)
        if amount is None:
            raise forms.ValidationError(
                "Write the amount with figures and at most six decimals, such as 0.041."
            )
        return amount


def counted_in(form: Form, currency: str, name: str) -> None:
    """Say behind the label of an amount what it is counted in: no figure goes without its unit."""
    form.fields[name].label = f"{form.fields[name].label}, {currency}"


class WithCurrency(Form):
    """The first amount of a workspace says in which currency; later `amount_field` says it in its label."""

    amount_field = "amount"
    currency = forms.ChoiceField(
        label="Currency",
        choices=[(code, code) for code in CURRENCIES],
        help_text="It stays: nothing is converted.",
    )

    def __init__(self, data: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if currency:
            del self.fields["currency"]
            counted_in(self, currency, self.amount_field)
        self.order_fields([*(name for name in self.fields if name != "currency"), "currency"])

    def asked(self) -> str:
        """The currency that was chosen; empty where it stands."""
        return str(self.cleaned_data.get("currency", ""))


class PriceForm(WithCurrency):
    """One price, from a moment on."""

    fields_of_problems = {"valid_from": "at", "prices": "price"}  # noqa: RUF012

    amount_field = "price"
    country = forms.ChoiceField(label="Texts to")
    kind = forms.ChoiceField(
        label="Price of", choices=[(SMS, "One part of an SMS"), (MMS, "One MMS")], widget=forms.RadioSelect
    )
    price = Amount(
        label="Price",
        required=False,
        help_text="Empty: nobody knows it. Such texts go out, and their cost reads unknown.",
    )
    at = forms.DateTimeField(
        label="From",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="Empty: from now on. What is planned already keeps its price.",
    )

    def __init__(self, data: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(data, currency, **kwargs)
        self.fields["country"].choices = [(ANYWHERE, "Every other country"), *country_choices()]

    def wanted(self, now: datetime) -> Price:
        """The price as the action takes it."""
        said = self.cleaned_data
        return Price(said["country"], said["kind"], said["at"] or now, said["price"])


class SpendingForm(WithCurrency):
    """What an operator writes into the ledger."""

    amount = Amount(label="Amount")
    note = forms.CharField(label="Note", max_length=LONGEST_NOTE)

    def __init__(self, data: Any, currency: str, words: tuple[str, str], **kwargs: Any) -> None:
        super().__init__(data, currency, **kwargs)
        self.fields["amount"].help_text, self.fields["note"].help_text = words

    def wanted(self) -> Spending:
        """The amount as the action takes it."""
        said = self.cleaned_data
        return Spending(said["amount"] or 0, said["note"], self.asked())


class AlarmForm(Form):
    """Below which amount somebody is told."""

    alarm_below = Amount(
        label="Tell us below",
        required=False,
        help_text="Empty: never. It is told on the dashboard, and to operators.",
    )
