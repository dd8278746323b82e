-- R8.1, R8.2: spreadsheets, and whether a number takes texts as it was computed when it was written.

-- An XLSX is turned into rows of text once, by the engine, before anything of it is looked at: `reading`.
-- `sheet` is which one was read; '' where the file came as text.
ALTER TABLE sayso.contact_imports ADD COLUMN sheet text NOT NULL DEFAULT '';
ALTER TABLE sayso.contact_import_progress
    DROP CONSTRAINT contact_import_progress_state_check,
    ADD CONSTRAINT contact_import_progress_state_check
        CHECK (state IN ('draft', 'reading', 'waiting', 'running', 'finished', 'stopped', 'failed'));
CREATE INDEX contact_import_progress_reading ON sayso.contact_import_progress (import_id) WHERE state = 'reading';
-- The rows of a spreadsheet stand behind its own bytes until all of them are there, and then take their place.
GRANT UPDATE (at_byte) ON sayso.contact_import_chunks TO sayso_app;

-- Possible and no landline, computed once, when the number is written. NULL: no number, or written before this
-- column was there, and then computed when it is asked. `sms_valid` is what somebody said, and wins.
ALTER TABLE sayso.contacts ADD COLUMN sms_computed boolean;
