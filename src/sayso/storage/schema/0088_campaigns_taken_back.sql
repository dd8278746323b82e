-- R9.5: what waits of a cancelled campaign is taken back by whoever plans, whether or not its sender comes to it.

ALTER TABLE sayso.campaigns ADD COLUMN taken_back_at timestamptz; -- of a cancelled one: nothing of it waits any more
CREATE INDEX campaigns_to_take_back ON sayso.campaigns (workspace_id, id)
    WHERE state = 'cancelled' AND taken_back_at IS NULL;
