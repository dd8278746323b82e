"""The forms of the inbox."""

from __future__ import annotations

from uuid import uuid4

from django import forms

from sayso.console.forms import Form, Words


class ReplyForm(Form):
    """An answer. `token` makes it one however often it is sent; `seen` is the news on the screen."""

    fields_of_problems = {"token": "body", "line": "body"}  # noqa: RUF012 - as the parent declares it

    body = Words(label="Reply")
    token = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.IntegerField(min_value=0, max_value=2**63 - 1, required=False)
    close = forms.BooleanField(required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].widget.attrs |= {"rows": 2, "autocomplete": "off"}
        self.fields["body"].error_messages["required"] = "There is nothing to send yet. Write your reply."
        self.fields["body"].required = True


def fresh(words: str = "") -> ReplyForm:
    """A form that has sent nothing yet, with these words in its box."""
    return ReplyForm(initial={"body": words, "token": uuid4()})


class CannedForm(Form):
    """Words under a name."""

    name = forms.CharField(
        label="Name", max_length=60, help_text="What colleagues pick it by. They alone see it."
    )
    body = Words(label="Text")
