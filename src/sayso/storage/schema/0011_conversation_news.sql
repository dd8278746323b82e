-- R12.2: what is new to the people who answer, and an answer that did not arrive.

-- Ids are not in the order of arrival across lanes and doors, so the newest id does not say what somebody has
-- read: `news` does. It grows with each text that waits for an answer and with each reply that came back.
ALTER TABLE sayso.conversations
    ADD COLUMN news int NOT NULL DEFAULT 0,
    ADD COLUMN came_back text NOT NULL DEFAULT ''; -- why the newest reply did not arrive; empty once answered anew
