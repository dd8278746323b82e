-- Campaigns as people edit and watch them (R9.1).

-- name: create
INSERT INTO campaigns (workspace_id, name, audience, list_id, segment_id, category, body, reply_service,
                       opt_out_message, per_profile, link_tracking, plain_letters, media_urls, without_mms, fallback_body,
                       created_at, changed_at)
VALUES ((SELECT sayso.workspace()), %(name)s, %(audience)s, %(list_id)s, %(segment_id)s, %(category)s, %(body)s,
        %(reply_service)s, %(opt_out_message)s, %(per_profile)s, %(link_tracking)s, %(plain_letters)s, %(media_urls)s,
        %(without_mms)s, %(fallback_body)s, %(now)s, %(now)s)
RETURNING id;

-- name: get
SELECT id, name, state, audience, list_id, segment_id, category, body, reply_service, opt_out_message,
       per_profile, link_tracking, plain_letters, media_urls, without_mms, fallback_body, starts_at, launched_at, ended_at, created_at, changed_at
FROM campaigns
WHERE id = %(campaign_id)s;

-- No key: whoever plans it counts for it at the same time, and must not wait.
-- name: for_update
SELECT id, name, state, audience, list_id, segment_id, category, body, reply_service, opt_out_message,
       per_profile, link_tracking, plain_letters, media_urls, without_mms, fallback_body, starts_at, launched_at, ended_at, created_at, changed_at
FROM campaigns
WHERE id = %(campaign_id)s
FOR NO KEY UPDATE;

-- Newest first.
-- name: page
SELECT id, name, state, audience, list_id, segment_id, category, body, reply_service, opt_out_message,
       per_profile, link_tracking, plain_letters, media_urls, without_mms, fallback_body, starts_at, launched_at, ended_at, created_at, changed_at
FROM campaigns
WHERE id < %(before_id)s
ORDER BY id DESC
LIMIT %(limit)s;

-- name: update
UPDATE campaigns
SET name = %(name)s, audience = %(audience)s, list_id = %(list_id)s, segment_id = %(segment_id)s, category = %(category)s,
    body = %(body)s, reply_service = %(reply_service)s, opt_out_message = %(opt_out_message)s, per_profile = %(per_profile)s,
    link_tracking = %(link_tracking)s,
    plain_letters = %(plain_letters)s, media_urls = %(media_urls)s, without_mms = %(without_mms)s,
    fallback_body = %(fallback_body)s, changed_at = %(now)s
WHERE id = %(campaign_id)s;

-- name: stand
UPDATE campaigns
SET state = %(state)s, starts_at = %(starts_at)s, launched_at = %(launched_at)s, ended_at = %(ended_at)s
WHERE id = %(campaign_id)s;

-- name: delete
DELETE FROM campaigns WHERE id = %(campaign_id)s;

-- name: launch_delay
SELECT launch_delay_seconds FROM workspaces WHERE id = (SELECT sayso.workspace());

-- name: begin_plan
-- With what the segment says now, where it goes to one.
INSERT INTO campaign_plans (workspace_id, campaign_id, rehearsal, began_at, conditions)
SELECT c.workspace_id, c.id, %(rehearsal)s, %(now)s, s.conditions
FROM campaigns c LEFT JOIN segments s ON s.workspace_id = c.workspace_id AND s.id = c.segment_id
WHERE c.id = %(campaign_id)s;

-- name: forget_plan
DELETE FROM campaign_plans WHERE campaign_id = %(campaign_id)s AND rehearsal = %(rehearsal)s;

-- name: forget_tallies
DELETE FROM campaign_tallies WHERE campaign_id = %(campaign_id)s AND rehearsal = %(rehearsal)s;

-- name: plan
SELECT began_at, finished_at FROM campaign_plans
WHERE campaign_id = %(campaign_id)s AND rehearsal = %(rehearsal)s;

-- name: tallies
SELECT status, reason, messages, parts FROM campaign_tallies
WHERE campaign_id = %(campaign_id)s AND rehearsal = %(rehearsal)s
ORDER BY status, reason;

-- R13.2: who stopped because of it, by its link and by a text that answers it. Only blocks made since it began.
-- name: opt_outs
SELECT count(DISTINCT b.phone) FILTER (WHERE b.message_id IS NOT NULL) AS by_link,
       count(DISTINCT b.phone) FILTER (WHERE b.message_id IS NULL) AS by_keyword
FROM blocks b
WHERE b.workspace_id = (SELECT sayso.workspace()) AND b.campaign_id = %(campaign_id)s
    AND b.id >= sayso.id_at((SELECT launched_at FROM campaigns WHERE id = %(campaign_id)s));

-- Wakes whoever plans, once this transaction commits.
-- name: wake
SELECT pg_notify('campaigns', '');
