-- What open pages of the console are told: that something changed, never what.

-- In the transaction that changes it, once a batch; a note counts from its commit on.
-- name: note
SELECT pg_notify('live', %(payload)s);
