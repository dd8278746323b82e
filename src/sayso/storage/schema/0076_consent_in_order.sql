-- Consent is counted in the order of numbers (decision 28): what that reads stands in two indexes, whole, so that the
-- wide rows of contacts, and words of consent in whatever order they were said, stay unread. No index is new: a word of
-- consent and a contact are one entry each, as before, of some bytes more.

ALTER TABLE sayso.consent_states DROP CONSTRAINT consent_states_pkey,
    ADD CONSTRAINT consent_states_pkey PRIMARY KEY (workspace_id, phone, contact_id, category) INCLUDE (state, since);

-- Contacts without a number too: a count is of everybody, and need not ask for them elsewhere.
DROP INDEX sayso.contacts_phone;
CREATE INDEX contacts_phone ON sayso.contacts (workspace_id, phone, id) INCLUDE (sms_consent);
