-- name: ring
INSERT INTO sayso.alarms (code, subject, sentence, first_at, last_at)
VALUES (%(code)s, %(subject)s, %(sentence)s, %(now)s, %(now)s)
ON CONFLICT (code, subject) DO UPDATE SET sentence = excluded.sentence,
    last_at = greatest(alarms.last_at, excluded.last_at), times = alarms.times + 1

-- name: settle
DELETE FROM sayso.alarms WHERE code = %(code)s AND subject = %(subject)s

-- name: every
SELECT code, subject, sentence, first_at, last_at, times FROM sayso.alarms ORDER BY last_at DESC, code, subject
