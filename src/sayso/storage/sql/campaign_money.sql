-- What campaigns cost, and what is reserved for them (R9.6). As the app, and as the engine for any workspace.

-- name: unplanned
-- Held by whoever plans it, so that one slice after the other takes from it.
SELECT unplanned FROM sayso.campaign_reserves
WHERE workspace_id = %(workspace_id)s AND campaign_id = %(campaign_id)s
FOR UPDATE

-- name: reserve
INSERT INTO sayso.campaign_reserves (workspace_id, campaign_id, unplanned)
VALUES (%(workspace_id)s, %(campaign_id)s, %(amount)s)
ON CONFLICT (workspace_id, campaign_id) DO UPDATE SET unplanned = campaign_reserves.unplanned + excluded.unplanned

-- name: plan_from
UPDATE sayso.campaign_reserves SET unplanned = unplanned - %(amount)s
WHERE workspace_id = %(workspace_id)s AND campaign_id = %(campaign_id)s

-- name: give_back
DELETE FROM sayso.campaign_reserves
WHERE workspace_id = %(workspace_id)s AND campaign_id = %(campaign_id)s
RETURNING unplanned

-- name: release
-- What was reserved and nobody will get: of what is planned to its end, cancelled, or gone. What may still be
-- planned keeps it.
WITH over AS (
    DELETE FROM sayso.campaign_reserves r
    WHERE NOT EXISTS (
            SELECT FROM sayso.campaigns c
            WHERE c.workspace_id = r.workspace_id AND c.id = r.campaign_id
                AND c.state IN ('draft', 'scheduled', 'planning', 'paused')
        )
        OR EXISTS (
            SELECT FROM sayso.campaign_plans p
            WHERE p.workspace_id = r.workspace_id AND p.campaign_id = r.campaign_id AND NOT p.rehearsal
                AND p.finished_at IS NOT NULL
        )
    RETURNING r.workspace_id, r.campaign_id, r.unplanned
),
told AS (
    INSERT INTO sayso.credit_entries (workspace_id, kind, campaign_id, credit, reserved)
    SELECT workspace_id, 'release', campaign_id, 0, -unplanned FROM over WHERE unplanned > 0
    ORDER BY workspace_id, campaign_id
    RETURNING workspace_id, id, credit, reserved
)
INSERT INTO sayso.credit_fresh (workspace_id, id, credit, reserved) SELECT * FROM told

-- name: count
INSERT INTO sayso.campaign_costs AS t (workspace_id, campaign_id, rehearsal, country, messages, parts, priced, price)
SELECT %(workspace_id)s, %(campaign_id)s, %(rehearsal)s, s.* FROM unnest(%(countries)s::text[], %(messages)s::bigint[],
    %(parts)s::bigint[], %(priced)s::bigint[], %(prices)s::bigint[]) AS s(country, messages, parts, priced, price)
ORDER BY s.country
ON CONFLICT (workspace_id, campaign_id, rehearsal, country) DO UPDATE
    SET messages = t.messages + excluded.messages, parts = t.parts + excluded.parts,
        priced = t.priced + excluded.priced, price = t.price + excluded.price

-- name: costs
SELECT country, messages, parts, priced, price FROM sayso.campaign_costs
WHERE workspace_id = (SELECT sayso.workspace()) AND campaign_id = %(campaign_id)s AND rehearsal = %(rehearsal)s
ORDER BY price DESC, country
