"""Template tags: `{% asset %}`, `{% icon %}`, `{% initials %}`."""

from __future__ import annotations

from functools import cache
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from sayso.console.components.icons import ICONS, LOGO
from sayso.console.statics import path_of

register = template.Library()

CLASSES = {"select": "form-select", "checkbox": "form-check-input"}


@register.simple_tag
def asset(name: str) -> str:
    """The address of a static file, with its hash in it."""
    return path_of(name)


@register.simple_tag
@cache
def icon(name: str, size: str = "") -> SafeString:
    """A line drawing, hidden from screen readers: the word stands beside it."""
    paths = mark_safe("".join(f'<path d="{path}" />' for path in ICONS[name]))  # noqa: S308 - our own constants
    return format_html(
        '<svg class="ico{}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" '
        'stroke-linejoin="round" aria-hidden="true">{}</svg>',
        f" {size}" if size else "",
        paths,
    )


@register.simple_tag
@cache
def logo() -> SafeString:
    """The mark."""
    return mark_safe(  # noqa: S308 - our own constants
        '<svg viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">'
        + "".join(f'<path d="{path}"/>' for path in LOGO)
        + "</svg>"
    )


@register.filter
def seal(name: str) -> str:
    """Two letters for a workspace: of its first and last word."""
    words = name.split()
    return (words[0][0] + (words[-1][0] if len(words) > 1 else words[0][1:2])).upper()


@register.filter
def counts(bound: Any) -> bool:
    """Whether what is typed here will be sent, so that its parts are counted under it."""
    return getattr(bound.field, "counted", False)


@register.filter
def control(bound: Any) -> str:
    """A form's field as our stylesheet draws it, tied to its help and its errors."""
    widget = bound.field.widget
    described = [f"{bound.id_for_label}-help"] if bound.help_text else []
    kind = getattr(widget, "input_type", "")
    attributes = {"class": widget.attrs.get("class") or CLASSES.get(kind, "form-control")}
    if bound.errors:
        attributes["aria-invalid"] = "true"
        described.append(f"{bound.id_for_label}-error")
    if counts(bound):
        described.append(f"parts-{bound.id_for_label}")
        attributes |= {
            "hx-post": f"{reverse('count_parts')}?box={bound.id_for_label}&name={bound.html_name}",
            "hx-trigger": "input changed delay:300ms",
            "hx-target": f"#parts-{bound.id_for_label}",
            "hx-swap": "outerHTML",
            "hx-sync": "this:replace",
        }
    if described:
        attributes["aria-describedby"] = " ".join(described)
    return str(bound.as_widget(attrs=attributes))
