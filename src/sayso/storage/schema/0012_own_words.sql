-- R4.5: whose own words a template keeps. Who uses it does not say: one that a person wrote for later, and that a
-- single process happens to use, must not be overwritten, and no other process may begin to answer with it.
ALTER TABLE sayso.templates
    ADD COLUMN process_id int, -- NULL: anybody's
    ADD FOREIGN KEY (workspace_id, process_id) REFERENCES sayso.processes,
    ADD CHECK (process_id IS NULL OR approved_at IS NULL); -- what is approved is for everybody
CREATE UNIQUE INDEX templates_own_words ON sayso.templates (workspace_id, process_id) WHERE process_id IS NOT NULL;
