-- What a message costs, by country and kind (R13.3). Of the named workspace, or of the transaction's.

-- name: at
-- The newest price of each country and kind at a moment.
SELECT DISTINCT ON (p.kind, p.country) p.kind, p.country, p.price
FROM sayso.prices p
WHERE p.workspace_id = %(workspace_id)s AND p.valid_from <= %(now)s
ORDER BY p.kind, p.country, p.valid_from DESC

-- name: every
-- What holds now, and what is to hold later.
SELECT p.country, p.kind, p.valid_from, p.price
FROM sayso.prices p
WHERE p.workspace_id = (SELECT sayso.workspace())
    AND (p.valid_from > %(now)s OR p.valid_from = (
        SELECT max(q.valid_from) FROM sayso.prices q
        WHERE q.workspace_id = p.workspace_id AND q.kind = p.kind AND q.country = p.country AND q.valid_from <= %(now)s
    ))
ORDER BY p.country, p.kind DESC, p.valid_from

-- name: put
INSERT INTO sayso.prices AS p (workspace_id, country, kind, valid_from, price)
SELECT (SELECT sayso.workspace()), s.* FROM unnest(%(countries)s::text[], %(kinds)s::text[],
    %(moments)s::timestamptz[], %(prices)s::bigint[]) AS s(country, kind, valid_from, price)
ORDER BY s.kind, s.country, s.valid_from
ON CONFLICT (workspace_id, kind, country, valid_from) DO UPDATE SET price = excluded.price

-- name: quote
-- Of one message's part, with what the workspace has to pay it from.
SELECT a.currency, a.kept,
    sayso.price_of(a.workspace_id, %(country)s, %(kind)s, %(now)s) AS price,
    coalesce(b.credit, 0) - coalesce(b.reserved, 0) + coalesce(f.available, 0) AS available
FROM sayso.credit_accounts a
LEFT JOIN sayso.credit_balances b ON b.workspace_id = a.workspace_id
CROSS JOIN LATERAL (
    SELECT sum(n.credit - n.reserved)::bigint AS available FROM sayso.credit_fresh n
    WHERE n.workspace_id = a.workspace_id
) AS f
WHERE a.workspace_id = (SELECT sayso.workspace())
