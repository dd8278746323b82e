-- R2.5: what leaves by one connection stands still. As the app, in an operator's transaction.

-- name: of
SELECT since, why, user_id, key_id FROM pauses WHERE resource = %(resource)s;

-- name: stop
INSERT INTO pauses (resource, why, user_id, key_id) VALUES (%(resource)s, %(why)s, %(user_id)s, %(key_id)s)
ON CONFLICT (resource) DO NOTHING;

-- name: go_on
DELETE FROM pauses WHERE resource = %(resource)s;
