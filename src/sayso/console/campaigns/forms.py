"""The form of a campaign, and of its launch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils import timezone

from sayso.console.campaigns import audience
from sayso.console.forms import Form, Words
from sayso.console.lenses.campaigns import Campaign
from sayso.console.lenses.settings import Category
from sayso.core import wall_clock
from sayso.core.campaigns import LONGEST_BODY, LONGEST_NAME
from sayso.core.departures import Pace
from sayso.storage.campaigns import CampaignDraft

NUMBER, PROFILE = "number", "profile"
TEXT, SKIP = "text", "skip"
NAMES = (
    '{{ first_name | default: "friend" }} becomes the name, or “friend” where it is not known. Without a '
    "default, whoever lacks it gets nothing. Liquid’s {% if … %} and filters work too."
)


class Body(Words):
    """A text with names in it: what is counted under it is what a person reads."""

    counted = False


class CampaignForm(Form):
    """A draft: everything but a name may still be wanting."""

    fields_of_problems: Mapping[str, str] = {
        "audience": "recipients",
        "list_id": "recipients",
        "segment_id": "recipients",
        "media_urls": "picture",
    }

    name = forms.CharField(label="Name", max_length=LONGEST_NAME, help_text="For you and your colleagues.")
    recipients = forms.ChoiceField(label="To")
    body = Body(label="Message", required=False, max_length=LONGEST_BODY, help_text=NAMES)
    media_urls = forms.CharField(label="Pictures", required=False, widget=forms.HiddenInput)
    picture = forms.FileField(
        label="Picture",
        required=False,
        help_text="A JPEG, PNG or GIF of at most 5 MB. It is written anew, without place and camera.",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/gif"}),
    )
    picture_about = forms.CharField(
        label="What is on it", required=False, max_length=500, help_text="For whoever cannot see it here."
    )
    without_mms = forms.ChoiceField(
        label="Where no picture is carried",
        required=False,
        choices=[(TEXT, "A text with a link to it"), (SKIP, "Nothing")],
        initial=TEXT,
        widget=forms.RadioSelect,
        help_text="Pictures travel from numbers in the United States and Canada to telephones there.",
    )
    fallback_body = Body(
        label="The text in its place",
        required=False,
        max_length=LONGEST_BODY,
        help_text="Empty: the words above. The link stands at {{ picture_link }}, else at the end.",
    )
    plain_letters = forms.BooleanField(label="Keep letters plain", required=False)
    reply_service = forms.BooleanField(label="Let people reply", required=False)
    link_tracking = forms.BooleanField(label="Short links, counted", required=False)
    opt_out_message = forms.CharField(label="Opt-out message", required=False, max_length=LONGEST_BODY)
    category = forms.ChoiceField(
        label="Category", required=False, help_text="What they said yes to. It decides who may be texted."
    )
    per = forms.ChoiceField(
        label="One text for each",
        choices=[(NUMBER, "Number"), (PROFILE, "Profile")],
        help_text="Several profiles may share a number: by number it gets one text, by profile one for each.",
    )

    def __init__(self, data: Any, initial: Mapping[str, Any], opt_out_message: str) -> None:
        super().__init__(data, initial=dict(initial))
        self.fields["recipients"].choices = audience.choices(initial["recipients"])
        known = [(one.name, f"{one.name} ({one.get_legal_basis_display().lower()})") for one in _categories()]
        self.fields["category"].choices = [("", "Not chosen yet"), *known]
        field = self.fields["opt_out_message"]
        field.widget.attrs |= {"placeholder": opt_out_message, "dir": "auto"}
        field.help_text = (
            "Stands at the end of the text, or where you write {{ opt_out_message }}. Empty: the workspace’s"
            + (f", “{opt_out_message}”." if opt_out_message else ", which says nothing yet.")
        )

    def told(self, wrong: str) -> bool:
        """Whether something is wrong with a picture that was brought; it is said beside it then."""
        if wrong:
            self.is_valid()
            self.add_error("picture", wrong)
        return bool(wrong)

    def wanted(self) -> CampaignDraft:
        """What is asked for."""
        said = self.cleaned_data
        list_id, segment_id = audience.list_of(said["recipients"]), audience.segment_of(said["recipients"])
        kind = "list" if list_id is not None else "segment" if segment_id is not None else said["recipients"]
        return CampaignDraft(
            name=said["name"],
            audience=kind,
            list_id=list_id,
            segment_id=segment_id,
            category=said["category"],
            body=said["body"],
            reply_service=said["reply_service"],
            opt_out_message=said["opt_out_message"],
            per_profile=said["per"] == PROFILE,
            plain_letters=said["plain_letters"],
            media_urls=tuple(said["media_urls"].split()),
            without_mms=said["without_mms"] or TEXT,
            fallback_body=said["fallback_body"],
            link_tracking=said["link_tracking"],
        )


class WallClock(forms.DateTimeField):
    """A day and an hour as a clock shows them: whose clock is another question."""

    def to_python(self, value: Any) -> datetime | None:
        """The same without a zone, so that an hour that a clock skips is none to refuse."""
        with timezone.override(UTC):
            found: datetime | None = super().to_python(value)
        return found.replace(tzinfo=None) if found is not None else None


class LaunchForm(Form):
    """When a campaign goes out."""

    when = forms.ChoiceField(
        label="When",
        choices=[
            ("now", "As soon as it can"),
            ("at", "At a moment"),
            ("local", "At this hour where each person is"),
        ],
        initial="now",
        widget=forms.RadioSelect,
    )
    at = WallClock(
        label="Day and time",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    most = forms.IntegerField(
        label="At most",
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text="Texts. Empty: as fast as your numbers send. Slower leaves time to answer.",
    )
    per = forms.TypedChoiceField(
        label="In each",
        choices=[(60, "Minute"), (3_600, "Hour")],
        initial=60,
        coerce=int,
        empty_value=60,
        required=False,
    )

    def __init__(self, zone: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._zone = zone
        self.fields["at"].help_text = (
            f"By the clock of {zone}. Where each person is: by their own time zone, else their number’s; "
            "whoever’s hour passed more than two hours before it begins gets nothing."
        )

    def clean(self) -> dict[str, Any]:
        """A moment is needed where one was chosen."""
        said: dict[str, Any] = super().clean()
        if said.get("when") in ("at", "local") and not said.get("at") and "at" not in self.errors:
            self.add_error("at", "Say on which day, and at what time.")
        return said

    def moment(self) -> datetime | None:
        """When; None: at once, or at an hour of the recipients' own."""
        if self.cleaned_data["when"] != "at":
            return None
        return wall_clock.moment(self.cleaned_data["at"], self._zone)

    def pace(self) -> Pace:
        """How it goes out."""
        said = self.cleaned_data
        clock = said["at"] if said["when"] == "local" else None
        return Pace(clock, said.get("most"), said.get("per") or 60)


def as_posted(initial: Mapping[str, Any]) -> dict[str, str]:
    """What a form sends that was opened and left alone."""
    return {name: "on" if value is True else value or "" for name, value in initial.items()}


def initial_of(stands: Campaign | None) -> dict[str, Any]:
    """What the form begins with: a draft that stands, or a new one."""
    if stands is None:
        return {
            "recipients": audience.NONE,
            "reply_service": True,
            "link_tracking": True,
            "per": NUMBER,
            "without_mms": TEXT,
        }
    return {
        "name": stands.name,
        "recipients": audience.choice_of(stands),
        "body": stands.body,
        "reply_service": stands.reply_service,
        "link_tracking": stands.link_tracking,
        "opt_out_message": stands.opt_out_message,
        "category": stands.category,
        "per": PROFILE if stands.per_profile else NUMBER,
        "plain_letters": stands.plain_letters,
        "media_urls": "\n".join(stands.media_urls),
        "without_mms": stands.without_mms,
        "fallback_body": stands.fallback_body,
    }


def _categories() -> list[Category]:
    return list(Category.objects.order_by("name"))
