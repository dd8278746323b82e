-- R13.1, R13.2: what the dashboard and a campaign's report count, as deltas that are appended by the very transaction
-- that counts (so figures equal the ledger to the message, whoever writes it), and rolled up by upkeep. A figure is
-- always the rolled rows and the deltas together, read by one statement.

-- Which country a number belongs to: the last `first` that is no greater than its digits, compared as text. What
-- core.phones says, for the database, where one look-up must cost microseconds; a test holds both together.
CREATE TABLE sayso.dialling (
    first text COLLATE "C" PRIMARY KEY,
    country text NOT NULL -- '': nobody's
);
GRANT SELECT ON sayso.dialling TO sayso_app, sayso_engine;
INSERT INTO sayso.dialling (first, country)
SELECT unnest(d.firsts::text[]), d.country FROM (VALUES
    ('', '{0,21,214,217,219,259,28,292,379,384,388,422,424,671,684,693,8,83,851,854,857,87,881,887,969,978,99,997,
        999}'), ('AC', '{247}'), ('AD', '{376}'), ('AE', '{971}'), ('AF', '{93}'), ('AG', '{1268}'),
    ('AI', '{1264}'), ('AL', '{355}'), ('AM', '{374}'), ('AO', '{244}'), ('AR', '{54}'), ('AS', '{1684}'),
    ('AT', '{43}'), ('AU', '{61,6185101,6185123,6189163,6189165}'), ('AW', '{297}'), ('AX', '{358018,35818}'),
    ('AZ', '{994}'), ('BA', '{387}'), ('BB', '{1246}'), ('BD', '{88}'), ('BE', '{32}'), ('BF', '{226}'),
    ('BG', '{359}'), ('BH', '{973}'), ('BI', '{257}'), ('BJ', '{229}'), ('BL', '{5905905}'), ('BM', '{1441}'),
    ('BN', '{673}'), ('BO', '{591}'), ('BQ', '{5993,5997}'), ('BR', '{55}'), ('BS', '{1242}'), ('BT', '{975}'),
    ('BW', '{267}'), ('BY', '{375}'), ('BZ', '{501}'),
    ('CA', '{1204,1226,1236,1249,1257,1263,1273,1289,1306,1343,1354,1365,1367,1382,1403,1416,1418,1428,1431,1437,145,
        1468,1474,1506,1514,1519,1548,1579,1581,1584,1587,16,1604,1613,1622,1633,1639,1647,1672,1683,1705,1709,1742,
        1753,1778,178,1782,1807,1819,1825,1867,1873,1879,1902,1905,1942}'), ('CC', '{61851,6189162}'),
    ('CD', '{243}'), ('CF', '{236}'), ('CG', '{242}'), ('CH', '{41}'), ('CI', '{225}'), ('CK', '{682}'),
    ('CL', '{56}'), ('CM', '{237}'), ('CN', '{86}'), ('CO', '{57}'), ('CR', '{506}'), ('CU', '{53}'),
    ('CV', '{238}'), ('CW', '{599,5995,5998}'), ('CX', '{6185122,6189164}'), ('CY', '{357}'), ('CZ', '{42}'),
    ('DE', '{49}'), ('DJ', '{253}'), ('DK', '{45}'), ('DM', '{1767}'), ('DO', '{1809,1829,1849}'), ('DZ', '{213}'),
    ('EC', '{593}'), ('EE', '{372}'), ('EG', '{2}'), ('ER', '{291}'), ('ES', '{34}'), ('ET', '{251}'),
    ('FI', '{358,358019,35819}'), ('FJ', '{679}'), ('FK', '{5}'), ('FM', '{691}'), ('FO', '{298}'), ('FR', '{33}'),
    ('GA', '{241}'),
    ('GB', '{44,4401625,4407525,4407625,4414813,441482,4415343,4415349,441625,4474577,44751,447525,447625,4477004,
        4477009,447782,447798,44783,44784,4479112,4479118,447938,44982}'), ('GD', '{1473}'), ('GE', '{995}'),
    ('GF', '{594}'), ('GG', '{4414812,4414815,447781,447839,4479111,4479117,4498}'), ('GH', '{233}'), ('GI', '{35}'),
    ('GL', '{299}'), ('GM', '{22}'), ('GN', '{224}'), ('GP', '{59,5905906}'), ('GQ', '{24}'), ('GR', '{3}'),
    ('GT', '{502}'), ('GU', '{1671}'), ('GW', '{245}'), ('GY', '{592}'), ('HK', '{852}'), ('HN', '{504}'),
    ('HR', '{385}'), ('HT', '{509}'), ('HU', '{36}'), ('ID', '{62}'), ('IE', '{353}'), ('IL', '{972}'),
    ('IM', '{4401624,4407524,4407624,441624,4474576,447524,447624}'), ('IN', '{91}'), ('IO', '{246}'),
    ('IQ', '{964}'), ('IR', '{98}'), ('IS', '{354}'), ('IT', '{39,3906699}'),
    ('JE', '{441534,4415344,447509,4477003,4477007,447797,447829,447937}'), ('JM', '{1658,1876}'), ('JO', '{962}'),
    ('JP', '{81}'), ('KE', '{254}'), ('KG', '{996}'), ('KH', '{855}'), ('KI', '{686}'), ('KM', '{269}'),
    ('KN', '{1869}'), ('KP', '{85}'), ('KR', '{82}'), ('KW', '{965}'), ('KY', '{1345}'), ('KZ', '{77}'),
    ('LA', '{856}'), ('LB', '{961}'), ('LC', '{1758}'), ('LI', '{423}'), ('LK', '{94}'), ('LR', '{231}'),
    ('LS', '{266}'), ('LT', '{37}'), ('LU', '{352}'), ('LV', '{371}'), ('LY', '{218}'), ('MA', '{212}'),
    ('MC', '{377}'), ('MD', '{373}'), ('ME', '{382}'), ('MG', '{261}'), ('MH', '{692}'), ('MK', '{389}'),
    ('ML', '{223}'), ('MM', '{95}'), ('MN', '{976}'), ('MO', '{853}'), ('MP', '{167}'), ('MQ', '{596}'),
    ('MR', '{222}'), ('MS', '{1664}'), ('MT', '{356}'), ('MU', '{23}'), ('MV', '{96}'), ('MW', '{265}'),
    ('MX', '{52}'), ('MY', '{6}'), ('MZ', '{258}'), ('NA', '{264}'), ('NC', '{687}'), ('NE', '{227}'),
    ('NF', '{672}'), ('NG', '{234}'), ('NI', '{505}'), ('NL', '{31}'), ('NO', '{47,478}'), ('NP', '{977}'),
    ('NR', '{674}'), ('NU', '{683}'), ('NZ', '{64}'), ('OM', '{968}'), ('PA', '{507}'), ('PE', '{51}'),
    ('PF', '{689}'), ('PG', '{675}'), ('PH', '{63}'), ('PK', '{92}'), ('PL', '{48}'), ('PM', '{508}'),
    ('PR', '{1787,1939}'), ('PS', '{97}'), ('PT', '{351}'), ('PW', '{68}'), ('PY', '{595}'), ('QA', '{974}'),
    ('RE', '{262,2622691,2622697,2626391,2626393,2626398,262977}'), ('RO', '{4}'), ('RS', '{381}'), ('RU', '{7,78}'),
    ('RW', '{25}'), ('SA', '{966}'), ('SB', '{677}'), ('SC', '{248}'), ('SD', '{249}'), ('SE', '{46}'),
    ('SG', '{65}'), ('SH', '{29,2909}'), ('SI', '{386}'), ('SJ', '{4779}'), ('SK', '{421}'), ('SL', '{232}'),
    ('SM', '{378}'), ('SN', '{221}'), ('SO', '{252}'), ('SR', '{597}'), ('SS', '{211}'), ('ST', '{239}'),
    ('SV', '{503}'), ('SX', '{1721}'), ('SY', '{963}'), ('SZ', '{268}'), ('TA', '{2908}'), ('TC', '{1649}'),
    ('TD', '{235}'), ('TG', '{228}'), ('TH', '{66}'), ('TJ', '{992}'), ('TK', '{69}'), ('TL', '{67}'),
    ('TM', '{993}'), ('TN', '{216}'), ('TO', '{676}'), ('TR', '{9}'), ('TT', '{1868}'), ('TV', '{688}'),
    ('TW', '{886}'), ('TZ', '{255}'), ('UA', '{38}'), ('UG', '{256}'),
    ('US', '{1,1205,1227,1237,1243,1247,1251,1258,1265,1269,1274,1285,129,1307,1341,1344,1346,1355,1366,1369,1383,
        1404,1417,1419,1429,1432,1439,1442,1451,1469,1475,1507,1515,152,1549,158,1582,1585,1588,1601,1605,1614,1623,
        1634,164,1648,165,1659,1665,1673,1685,1706,171,1722,1743,1754,1759,1768,1779,1781,1783,1785,1788,1808,181,
        182,1826,183,185,187,1874,1877,188,1903,1906,194,1943}'), ('UY', '{598}'), ('UZ', '{998}'),
    ('VA', '{3906698}'), ('VC', '{1784}'), ('VE', '{58}'), ('VG', '{1284}'), ('VI', '{134}'), ('VN', '{84}'),
    ('VU', '{678}'), ('WF', '{681}'), ('WS', '{685}'), ('XK', '{383}'), ('YE', '{967}'),
    ('YT', '{2622689,2622695,262639,2626392,2626396,2629769}'), ('ZA', '{27}'), ('ZM', '{26}'), ('ZW', '{263}')
) AS d(country, firsts);

-- Whether a message with this outcome is on its way or beyond it: it counts as sent, and is paid for.
CREATE FUNCTION sayso.has_left(status text, reason text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN status IN ('sent', 'delivered', 'failed', 'rejected', 'unconfirmed', 'unknown')
        OR (status = 'expired' AND reason <> 'too_late');

-- What happened, by the minute: `left` and `delivered` messages with their parts, `received` texts, `opted_out`
-- numbers, and for a campaign `replied`.
CREATE TABLE sayso.usage_deltas (
    workspace_id int NOT NULL,
    campaign_id int, -- NULL: of no campaign
    minute timestamptz NOT NULL,
    kind text NOT NULL CHECK (kind IN ('left', 'delivered', 'received', 'opted_out', 'replied')),
    country text NOT NULL, -- '': not known
    purpose text NOT NULL, -- of the messages; '' for texts and opt-outs
    messages bigint NOT NULL,
    parts bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
        autovacuum_vacuum_cost_delay = 0, autovacuum_vacuum_insert_threshold = -1, vacuum_truncate = off);
CREATE INDEX ON sayso.usage_deltas (workspace_id, campaign_id);
CALL sayso.protect('sayso.usage_deltas', 'SELECT, INSERT');

-- The same by the hour, and by the quarter of an hour for time zones whose days begin between two hours.
CREATE TABLE sayso.usage (
    workspace_id int NOT NULL,
    grain smallint NOT NULL CHECK (grain IN (15, 60)), -- minutes
    slot timestamptz NOT NULL,
    kind text NOT NULL,
    country text NOT NULL,
    purpose text NOT NULL,
    messages bigint NOT NULL,
    parts bigint NOT NULL,
    PRIMARY KEY (workspace_id, grain, slot, kind, country, purpose)
) WITH (fillfactor = 70);
CALL sayso.protect('sayso.usage', 'SELECT');

-- And of each campaign by the minute.
CREATE TABLE sayso.campaign_minutes (
    workspace_id int NOT NULL,
    campaign_id int NOT NULL,
    minute timestamptz NOT NULL,
    kind text NOT NULL,
    messages bigint NOT NULL,
    parts bigint NOT NULL,
    PRIMARY KEY (workspace_id, campaign_id, minute, kind)
) WITH (fillfactor = 70);
CALL sayso.protect('sayso.campaign_minutes', 'SELECT');

-- Where the messages of a campaign stand: each move is one less here and one more there.
CREATE TABLE sayso.standing_deltas (
    workspace_id int NOT NULL,
    campaign_id int NOT NULL,
    status text NOT NULL,
    reason text NOT NULL,
    messages bigint NOT NULL,
    parts bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
        autovacuum_vacuum_cost_delay = 0, autovacuum_vacuum_insert_threshold = -1, vacuum_truncate = off);
CREATE INDEX ON sayso.standing_deltas (workspace_id, campaign_id);
CALL sayso.protect('sayso.standing_deltas', 'SELECT, INSERT');

CREATE TABLE sayso.campaign_standings (
    workspace_id int NOT NULL,
    campaign_id int NOT NULL,
    status text NOT NULL,
    reason text NOT NULL,
    messages bigint NOT NULL,
    parts bigint NOT NULL,
    PRIMARY KEY (workspace_id, campaign_id, status, reason)
) WITH (fillfactor = 50);
CALL sayso.protect('sayso.campaign_standings', 'SELECT');

-- A statement's new messages of campaigns: queued until an outcome says more.
CREATE FUNCTION sayso.count_messages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sayso.standing_deltas (workspace_id, campaign_id, status, reason, messages, parts)
    SELECT n.workspace_id, n.campaign_id, 'queued', '', count(*), sum(n.parts)
    FROM made n WHERE n.campaign_id IS NOT NULL
    GROUP BY n.workspace_id, n.campaign_id;
    RETURN NULL;
END $$;
CREATE TRIGGER counted AFTER INSERT ON sayso.messages REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION sayso.count_messages();

-- A statement's moves of messages. Look-ups by key, one each: a join might read all messages.
CREATE FUNCTION sayso.count_moves(workspaces int[], ids bigint[], were text[], had text[], are text[], have text[],
                                  ats timestamptz[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sayso.standing_deltas (workspace_id, campaign_id, status, reason, messages, parts)
    SELECT o.workspace_id, m.campaign_id, s.status, s.reason, sum(s.sign), sum(s.sign * m.parts)
    FROM unnest(workspaces, ids, were, had, are, have) AS o(workspace_id, message_id, was, had, status, reason)
    CROSS JOIN LATERAL (
        SELECT w.campaign_id, w.parts FROM sayso.messages w
        WHERE w.workspace_id = o.workspace_id AND w.id = o.message_id LIMIT 1
    ) AS m
    CROSS JOIN LATERAL (VALUES (o.was, o.had, -1), (o.status, o.reason, 1)) AS s(status, reason, sign)
    WHERE m.campaign_id IS NOT NULL AND (o.was, o.had) IS DISTINCT FROM (o.status, o.reason)
    GROUP BY o.workspace_id, m.campaign_id, s.status, s.reason;

    INSERT INTO sayso.usage_deltas (workspace_id, campaign_id, minute, kind, country, purpose, messages, parts)
    SELECT o.workspace_id, m.campaign_id, date_trunc('minute', o.at), k.kind,
        coalesce((SELECT d.country FROM sayso.dialling d WHERE d.first <= m.phone::text ORDER BY d.first DESC
                  LIMIT 1), ''),
        m.purpose, count(*), sum(m.parts)
    FROM unnest(workspaces, ids, were, had, are, have, ats)
        AS o(workspace_id, message_id, was, had, status, reason, at)
    CROSS JOIN LATERAL (VALUES
        ('left', sayso.has_left(o.status, o.reason) AND NOT sayso.has_left(o.was, o.had)),
        ('delivered', o.status = 'delivered' AND o.was <> 'delivered')
    ) AS k(kind, holds)
    CROSS JOIN LATERAL (
        SELECT w.campaign_id, w.phone, w.purpose, w.parts FROM sayso.messages w
        WHERE w.workspace_id = o.workspace_id AND w.id = o.message_id LIMIT 1
    ) AS m
    WHERE k.holds
    GROUP BY 1, 2, 3, 4, 5, 6;
END $$;

CREATE FUNCTION sayso.count_outcomes() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
BEGIN
    PERFORM sayso.count_moves(array_agg(n.workspace_id), array_agg(n.message_id), array_agg('queued'::text),
        array_agg(''::text), array_agg(n.status), array_agg(n.reason), array_agg(n.at))
    FROM made n HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER counted AFTER INSERT ON sayso.outcomes REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION sayso.count_outcomes();

-- The two batches are laid beside each other in the order of their key: the engine's plans are kept, and a join of
-- them may be kept as a loop over both.
CREATE FUNCTION sayso.count_changes() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE
    were text[];
    had text[];
BEGIN
    SELECT array_agg(w.status ORDER BY w.message_id), array_agg(w.reason ORDER BY w.message_id) INTO were, had
    FROM gone w;
    PERFORM sayso.count_moves(array_agg(n.workspace_id ORDER BY n.message_id),
        array_agg(n.message_id ORDER BY n.message_id), were, had, array_agg(n.status ORDER BY n.message_id),
        array_agg(n.reason ORDER BY n.message_id), array_agg(n.at ORDER BY n.message_id))
    FROM made n HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER counted_changes AFTER UPDATE ON sayso.outcomes REFERENCING OLD TABLE AS gone NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION sayso.count_changes();

-- Texts that came in; those that answer a campaign's message, other than by a stop, are its replies.
CREATE FUNCTION sayso.count_texts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sayso.usage_deltas (workspace_id, campaign_id, minute, kind, country, purpose, messages, parts)
    SELECT n.workspace_id, m.campaign_id, date_trunc('minute', n.received_at), k.kind,
        CASE WHEN k.kind = 'replied' THEN '' ELSE
            coalesce((SELECT d.country FROM sayso.dialling d WHERE d.first <= n.phone::text ORDER BY d.first DESC
                  LIMIT 1), '') END,
        '', count(*), 0
    FROM made n
    LEFT JOIN LATERAL (
        SELECT w.campaign_id FROM sayso.messages w
        WHERE w.workspace_id = n.workspace_id AND w.id = n.answers_message_id LIMIT 1
    ) AS m ON true
    CROSS JOIN LATERAL (VALUES ('received', true),
        ('replied', m.campaign_id IS NOT NULL AND n.outcome <> 'unsubscribe')) AS k(kind, holds)
    WHERE k.holds
    GROUP BY 1, 2, 3, 4, 5;
    RETURN NULL;
END $$;
CREATE TRIGGER counted AFTER INSERT ON sayso.inbound_messages REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION sayso.count_texts();

-- Numbers that stopped something by their own word. Several blocks that one statement makes of a number are one.
CREATE FUNCTION sayso.count_blocks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sayso.usage_deltas (workspace_id, campaign_id, minute, kind, country, purpose, messages, parts)
    SELECT n.workspace_id, NULL, date_trunc('minute', n.since), 'opted_out',
        coalesce((SELECT d.country FROM sayso.dialling d WHERE d.first <= n.phone::text ORDER BY d.first DESC
                  LIMIT 1), ''),
        '', count(DISTINCT n.phone), 0
    FROM made n WHERE n.source IN ('keyword', 'term', 'provider', 'link')
    GROUP BY 1, 3, 5;
    RETURN NULL;
END $$;
CREATE TRIGGER counted AFTER INSERT ON sayso.blocks REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION sayso.count_blocks();

-- What is in the ledgers already.
INSERT INTO sayso.standing_deltas (workspace_id, campaign_id, status, reason, messages, parts)
SELECT m.workspace_id, m.campaign_id, coalesce(o.status, 'queued'), coalesce(o.reason, ''), count(*), sum(m.parts)
FROM sayso.messages m LEFT JOIN sayso.outcomes o ON o.message_id = m.id
WHERE m.campaign_id IS NOT NULL
GROUP BY 1, 2, 3, 4;

CREATE FUNCTION sayso.country_of(phone bigint) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog
    RETURN coalesce((SELECT d.country FROM sayso.dialling d WHERE d.first <= phone::text ORDER BY d.first DESC LIMIT 1), '');

INSERT INTO sayso.usage_deltas (workspace_id, campaign_id, minute, kind, country, purpose, messages, parts)
SELECT m.workspace_id, m.campaign_id, date_trunc('minute', e.at), e.kind, sayso.country_of(m.phone), m.purpose,
    count(*), sum(m.parts)
FROM (
    SELECT message_id, 'left' AS kind, min(at) AS at FROM sayso.message_events
    WHERE sayso.has_left(status, reason) GROUP BY message_id
    UNION ALL
    SELECT message_id, 'delivered', min(at) FROM sayso.message_events WHERE status = 'delivered' GROUP BY message_id
) AS e JOIN sayso.messages m ON m.id = e.message_id
GROUP BY 1, 2, 3, 4, 5, 6;

INSERT INTO sayso.usage_deltas (workspace_id, campaign_id, minute, kind, country, purpose, messages, parts)
SELECT t.workspace_id, m.campaign_id, date_trunc('minute', t.received_at), k.kind,
    CASE WHEN k.kind = 'replied' THEN '' ELSE sayso.country_of(t.phone) END, '', count(*), 0
FROM sayso.inbound_messages t LEFT JOIN sayso.messages m ON m.id = t.answers_message_id
CROSS JOIN LATERAL (VALUES ('received', true),
    ('replied', m.campaign_id IS NOT NULL AND t.outcome <> 'unsubscribe')) AS k(kind, holds)
WHERE k.holds
GROUP BY 1, 2, 3, 4, 5;

INSERT INTO sayso.usage_deltas (workspace_id, campaign_id, minute, kind, country, purpose, messages, parts)
SELECT b.workspace_id, NULL, date_trunc('minute', b.since), 'opted_out', sayso.country_of(b.phone), '',
    count(DISTINCT b.phone), 0
FROM sayso.blocks b WHERE b.source IN ('keyword', 'term', 'provider', 'link')
GROUP BY 1, 3, 5;
