"""`templates`, and the workspace's settings: opt-out message and terms, categories, keys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import Router, delete, get, post, put
from litestar.params import JSONBody

from sayso.actions import categories, keys, templates, workspaces
from sayso.api.problems import settled
from sayso.api.services import Asked, Asker, Given, Listed, PathId, ShortText, listed
from sayso.storage.keys import Key

Body = Annotated[str, msgspec.Meta(min_length=1, max_length=1_600)]


class TemplateIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"message_class": "class"}):
    """A text by language: `texts`, or `body` (and `language`) where there is one."""

    name: ShortText
    message_class: Literal["advertising", "transactional"] = "advertising"
    texts: Annotated[dict[str, Body], msgspec.Meta(max_length=100)] = {}
    body: Body | None = None
    language: ShortText = "en"

    def wanted(self) -> templates.TemplateWanted:
        """As the action takes it."""
        said = {self.language: self.body} if self.body is not None else {}
        return templates.TemplateWanted(self.name, self.message_class, {**self.texts, **said})


class TextOut(msgspec.Struct, frozen=True):
    """A text and what it takes."""

    body: str
    encoding: str
    parts: int


class TemplateOut(msgspec.Struct, frozen=True, rename={"message_class": "class"}):
    """A template with its texts by language."""

    id: int
    name: str
    message_class: str
    mailing_id: str
    approved_at: datetime | None
    texts: dict[str, TextOut]
    created_at: datetime


class OptOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the workspace says and listens for when people stop; terms stand anywhere in a text."""

    message: Annotated[str, msgspec.Meta(max_length=1_600)]
    terms: Annotated[list[ShortText], msgspec.Meta(max_length=10_000)]


class CategoryIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A consent category."""

    name: ShortText
    legal_basis: Literal["consent", "legitimate_interest"] = "consent"
    rejected_by_stop: bool = True


class KeyIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key to be made; without scopes it has the ordinary ones."""

    name: ShortText
    scopes: Annotated[list[ShortText], msgspec.Meta(max_length=100)] = []
    test_mode: bool = False


class NewKeyOut(msgspec.Struct, frozen=True):
    """A new key, shown this once."""

    id: int
    key: str
    scopes: list[str]


class KeyOut(msgspec.Struct, frozen=True):
    """A key as it may be shown."""

    id: int
    name: str
    hint: str
    scopes: list[str]
    test_mode: bool
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


@post("/templates")
async def create_template(services: Given, actor: Asker, data: JSONBody[TemplateIn]) -> TemplateOut:
    """Make a template. Scope: templates:write."""
    return _template(settled(await templates.create_template(services.pool, actor, data.wanted())))


@put("/templates/{template_id:int}")
async def change_template(
    services: Given, actor: Asker, template_id: PathId, data: JSONBody[TemplateIn]
) -> TemplateOut:
    """Change a template; its approval ends. Scope: templates:write."""
    answer = await templates.change_template(services.pool, actor, template_id, data.wanted())
    return _template(settled(answer))


@post("/templates/{template_id:int}/approve", status_code=200)
async def approve_template(services: Given, actor: Asker, template_id: PathId) -> TemplateOut:
    """Approve a template as what its class says. Scope: templates:approve."""
    answer = await templates.approve_template(services.pool, actor, template_id, services.now())
    return _template(settled(answer))


@get("/templates/{template_id:int}")
async def show_template(services: Given, actor: Asker, template_id: PathId) -> TemplateOut:
    """One template. Scope: templates:read."""
    return _template(settled(await templates.show_template(services.pool, actor, template_id)))


@get("/templates")
async def list_templates(services: Given, actor: Asker, page: Asked) -> Listed[TemplateOut]:
    """The workspace's templates. Scope: templates:read."""
    found = settled(await templates.list_templates(services.pool, actor, page.after, page.limit))
    return listed(page, [_template(one) for one in found], found[-1].template.id if found else None)


@get("/opt-out")
async def show_opt_out(services: Given, actor: Asker) -> OptOut:
    """The workspace's opt-out message and terms. Scope: settings:read."""
    found = settled(await workspaces.opt_out_settings(services.pool, actor))
    return OptOut(found.message, list(found.terms))


@put("/opt-out")
async def set_opt_out(services: Given, actor: Asker, data: JSONBody[OptOut]) -> OptOut:
    """Set opt-out message and terms; no terms do not remove the mandatory words. Scope: settings:write."""
    wanted = workspaces.OptOut(data.message, tuple(data.terms))
    found = settled(await workspaces.set_opt_out(services.pool, actor, wanted))
    return OptOut(found.message, list(found.terms))


@put("/categories")
async def put_category(services: Given, actor: Asker, data: JSONBody[CategoryIn]) -> CategoryIn:
    """Make or change a category, by its name. Scope: settings:write."""
    wanted = categories.CategoryWanted(data.name, data.legal_basis, data.rejected_by_stop)
    settled(await categories.put_category(services.pool, actor, wanted))
    return data


@get("/categories")
async def list_categories(services: Given, actor: Asker) -> Listed[CategoryIn]:
    """The workspace's categories. Scope: settings:read."""
    found = settled(await categories.list_categories(services.pool, actor))
    return Listed([msgspec.convert(one, CategoryIn, from_attributes=True) for one in found])


@post("/keys")
async def create_key(services: Given, actor: Asker, data: JSONBody[KeyIn]) -> NewKeyOut:
    """Make a key and show it once. Scope: keys:write."""
    draft = keys.KeyDraft(data.name, tuple(data.scopes), data.test_mode)
    made = settled(await keys.create_key(services.pool, actor, draft))
    return NewKeyOut(made.id, made.key, list(made.scopes))


@get("/keys")
async def list_keys(services: Given, actor: Asker, page: Asked) -> Listed[KeyOut]:
    """The workspace's keys. Scope: keys:write."""
    found = settled(await keys.list_keys(services.pool, actor, page.after, page.limit))
    return listed(page, [_key(one) for one in found], found[-1].id if found else None)


@delete("/keys/{key_id:int}")
async def revoke_key(services: Given, actor: Asker, key_id: PathId) -> None:
    """Revoke a key; it ends within seconds. Scope: keys:write."""
    settled(await keys.revoke_key(services.pool, actor, key_id, services.now()))


def _template(told: templates.Told) -> TemplateOut:
    found = told.template
    texts = {
        language: TextOut(body, told.parts[language].encoding, told.parts[language].parts)
        for language, body in told.texts.items()
    }
    return TemplateOut(
        found.id,
        found.name,
        found.message_class,
        str(found.mailing_id),
        found.approved_at,
        texts,
        found.created_at,
    )


def _key(found: Key) -> KeyOut:
    return KeyOut(
        found.id,
        found.name,
        found.hint,
        found.scopes,
        found.test_mode,
        found.created_at,
        found.last_used_at,
        found.revoked_at,
    )


templates_router = Router(
    "",
    route_handlers=[create_template, change_template, approve_template, show_template, list_templates],
    tags=["Templates"],
)
settings_router = Router(
    "",
    route_handlers=[
        show_opt_out,
        set_opt_out,
        put_category,
        list_categories,
        create_key,
        list_keys,
        revoke_key,
    ],
    tags=["Settings"],
)
