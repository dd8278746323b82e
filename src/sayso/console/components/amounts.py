"""Amounts of money in templates: `{{ amount|money:currency }}`."""

from __future__ import annotations

from django import template

from sayso.core.money import written, written_part, written_up, written_whole

register = template.Library()


@register.filter
def money(amount: int, currency: str) -> str:
    """To the cent: `€1,284.60`."""
    return written(amount, currency)


@register.filter
def money_up(amount: int, currency: str) -> str:
    """To the cent, never less than it is."""
    return written_up(amount, currency)


@register.filter
def part_price(amount: int, currency: str) -> str:
    """With four decimals at least, for a column: `€0.0410`."""
    return written_part(amount, currency)


@register.filter
def each(amount: int, currency: str) -> str:
    """To the last digit, for what one part costs: `€0.041`."""
    return written_whole(amount, currency)
