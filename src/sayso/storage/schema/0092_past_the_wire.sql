-- R9.5: what is on the wire of a cancelled campaign holds nothing up that waits behind it. `settled_to` stays at the
-- first message that is still open; taking back walks on, and keeps the few that it passed over.

ALTER TABLE sayso.campaign_plans
    ADD COLUMN taken_to bigint NOT NULL DEFAULT 0, -- of a cancelled one: nothing up to this id waits
    ADD COLUMN passed_over bigint[] NOT NULL DEFAULT '{}'; -- but these: on the wire as the walk came by
