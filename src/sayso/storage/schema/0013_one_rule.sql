-- Rules that two statements share: what comes in by text and what comes in by record must not differ in them.
-- Plain SQL, so that they are written into the statement that uses them.

-- R6.5: whether a word takes the place of where a (contact, number, category) stands. Newer, or at the same instant
-- away from a yes; what is pending waits for any word: proof may come later than it, of something said earlier.
-- The number's own yes outlives a stop on a shared code (R3.3), so that no later yes by record takes its place.
CREATE FUNCTION sayso.consent_moves(stands text, since timestamptz, source text,
        said text, said_since timestamptz, said_source text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (said_since > since
            AND NOT (stands = 'accept' AND source = 'sms_reply' AND said = 'accept' AND said_source <> 'sms_reply'))
        OR (said_since = since AND stands = 'accept' AND said <> 'accept')
        OR (stands = 'pending' AND said <> 'pending');

-- R5.4: whether a message that waits is among those that are refused; line 0 and category '': any. What the person
-- has just asked for is not.
CREATE FUNCTION sayso.is_refused(message_class text, purpose text, message_line int, message_category text,
        advertising boolean, transactional boolean, line int, category text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (CASE message_class WHEN 'advertising' THEN advertising ELSE transactional END)
        AND purpose NOT IN ('confirmation', 'help')
        AND line IN (0, message_line) AND category IN ('', message_category);
