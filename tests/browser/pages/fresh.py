"""A workspace on its first day: the first steps, and every list that is empty yet."""

PAGES = (
    ("first-run", "/home/"),
    ("empty-inbox", "/inbox/"),
    ("empty-inbox-all", "/inbox/?show=all"),
    ("empty-stopped", "/inbox/stopped/"),
    ("empty-canned", "/inbox/canned/"),
    ("empty-keywords", "/keywords/"),
    ("empty-replay", "/replay/"),
    ("empty-numbers", "/numbers/"),
    ("empty-templates", "/templates/"),
    ("empty-keys", "/keys/"),
    ("empty-audit", "/audit/"),
    ("empty-settings", "/settings/"),
    ("empty-passkeys", "/account/passkeys/"),
)
