-- R2.5: a second person approves what reaches many.

-- name: limits
SELECT approve_above, pause_from, pause_at_opt_outs, pause_at_failures, launch_delay_seconds
FROM workspaces WHERE id = (SELECT sayso.workspace());

-- name: limits_for_update
SELECT approve_above, pause_from, pause_at_opt_outs, pause_at_failures, launch_delay_seconds
FROM workspaces WHERE id = (SELECT sayso.workspace()) FOR NO KEY UPDATE;

-- name: limits_standing
SELECT approve_above, pause_from, pause_at_opt_outs, pause_at_failures, launch_delay_seconds
FROM workspaces WHERE id = (SELECT sayso.workspace()) FOR SHARE;

-- name: set_limits
UPDATE workspaces SET approve_above = %(approve_above)s, pause_from = %(pause_from)s,
    pause_at_opt_outs = %(pause_at_opt_outs)s, pause_at_failures = %(pause_at_failures)s,
    launch_delay_seconds = coalesce(%(launch_delay_seconds)s, launch_delay_seconds)
WHERE id = (SELECT sayso.workspace());

-- name: approve
INSERT INTO campaign_approvals AS a (workspace_id, campaign_id, who, at)
VALUES ((SELECT sayso.workspace()), %(campaign_id)s, %(who)s, %(now)s)
ON CONFLICT (workspace_id, campaign_id, who) DO UPDATE SET at = excluded.at;

-- name: forget
DELETE FROM campaign_approvals WHERE campaign_id = %(campaign_id)s;

-- name: by_others
SELECT count(*) FROM campaign_approvals WHERE campaign_id = %(campaign_id)s AND who <> %(who)s;

-- name: launched
UPDATE campaigns SET may_reach = %(may_reach)s, launched_by = %(who)s WHERE id = %(campaign_id)s;

-- name: let_reach
UPDATE campaigns SET may_reach = NULL WHERE id = %(campaign_id)s AND launched_by IS DISTINCT FROM %(who)s;

-- name: reached
-- Of the last rehearsal, if it has come to its end: an edit forgets it.
SELECT coalesce(sum(t.messages), 0)::bigint FROM campaign_plans p
LEFT JOIN campaign_tallies t ON t.campaign_id = p.campaign_id AND t.rehearsal AND t.status IN ('queued', 'deferred')
WHERE p.campaign_id = %(campaign_id)s AND p.rehearsal AND p.finished_at IS NOT NULL
GROUP BY p.campaign_id;
