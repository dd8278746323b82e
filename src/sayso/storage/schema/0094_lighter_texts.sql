-- R12.1: `inbox` is the record of STOPs alone. What an agent answers is a conversation: of its texts nobody read a row
-- here, which were nine in ten.
LOCK TABLE sayso.inbox IN ACCESS EXCLUSIVE MODE; -- a row that an old engine added meanwhile would pass for a STOP
DELETE FROM sayso.inbox WHERE tab <> 'stop';
ALTER TABLE sayso.inbox DROP COLUMN tab, DROP COLUMN needs_answer; -- and the index with it: the key lists them
COMMENT ON TABLE sayso.inbox IS 'Texts by which somebody opted out, as the inbox lists them';

-- Texts that came in are counted with less looking-up: their country once for both kinds, and only of a text that
-- answers a message, whose campaign that was. Most answer none, and for each the partitions of messages were opened.
CREATE OR REPLACE FUNCTION sayso.count_texts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sayso.usage_deltas (workspace_id, campaign_id, minute, kind, country, purpose, messages, parts)
    SELECT t.workspace_id, t.campaign_id, t.minute, k.kind, CASE k.kind WHEN 'received' THEN t.country ELSE '' END,
        '', sum(t.texts), 0
    FROM (
        SELECT n.workspace_id,
            CASE WHEN n.answers_message_id IS NOT NULL THEN (
                SELECT w.campaign_id FROM sayso.messages w
                WHERE w.workspace_id = n.workspace_id AND w.id = n.answers_message_id LIMIT 1
            ) END AS campaign_id,
            date_trunc('minute', n.received_at) AS minute,
            coalesce((SELECT d.country FROM sayso.dialling d WHERE d.first <= n.phone::text ORDER BY d.first DESC
                      LIMIT 1), '') AS country,
            n.outcome = 'unsubscribe' AS is_stop, count(*) AS texts
        FROM made n
        GROUP BY 1, 2, 3, 4, 5
    ) AS t
    CROSS JOIN LATERAL (VALUES ('received', true),
        ('replied', t.campaign_id IS NOT NULL AND NOT t.is_stop)) AS k(kind, holds)
    WHERE k.holds
    GROUP BY 1, 2, 3, 4, 5;
    RETURN NULL;
END $$;
