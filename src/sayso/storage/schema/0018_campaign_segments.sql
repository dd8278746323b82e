-- A campaign may go to a segment: to whoever meets its conditions when planning begins (R8.3, R9.1).

ALTER TABLE sayso.campaigns ADD COLUMN segment_id int,
    ADD FOREIGN KEY (workspace_id, segment_id) REFERENCES sayso.segments,
    DROP CONSTRAINT campaigns_audience_check,
    ADD CONSTRAINT campaigns_audience_check
        CHECK (audience IN ('none', 'everybody', 'list', 'segment', 'automation')),
    ADD CONSTRAINT campaigns_segment_check CHECK ((audience = 'segment') = (segment_id IS NOT NULL));

-- What the segment said when the plan began: an edit meanwhile changes nothing half way. NULL: of no segment.
ALTER TABLE sayso.campaign_plans ADD COLUMN conditions jsonb;
