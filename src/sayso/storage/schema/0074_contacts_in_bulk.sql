-- R8.2: a million contacts come in with one look at their workspace a statement instead of one a row (decision 27).
ALTER TABLE sayso.contacts DROP CONSTRAINT contacts_workspace_id_fkey;
