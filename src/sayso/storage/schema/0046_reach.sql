-- R2.5: how many a launch may reach without a second person, whoever joins its audience after it was counted.

ALTER TABLE sayso.campaigns
    ADD COLUMN may_reach int CHECK (may_reach >= 0), -- NULL: somebody approved it, or nobody needs to
    ADD COLUMN launched_by text CHECK (launched_by <> ''); -- as in campaign_approvals

ALTER TABLE sayso.campaign_holds DROP CONSTRAINT campaign_holds_reason_check,
    ADD CONSTRAINT campaign_holds_reason_check CHECK (reason IN ('overdue', 'opt_outs', 'failures', 'approval'));
