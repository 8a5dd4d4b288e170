-- A reply's log in two tables. What all replies of one server said within a moment is one row of that server's journal,
-- so that a thousand replies at once cost forty rows a second; every two seconds what is new of a reply is saved under
-- the reply itself. Leases belong to servers, not to replies: one row to renew, however many replies there are.

-- Replies under way are ended: the servers that write them know the old tables only.
INSERT INTO reply_events (reply_id, n, event)
    SELECT r.id, coalesce((SELECT max(n) FROM reply_events e WHERE e.reply_id = r.id), 0) + 1, '{"end": "interrupted"}'
    FROM replies r WHERE r.ended_at IS NULL;
UPDATE messages m SET status = 'interrupted', content = coalesce(
        (SELECT string_agg(e.event->>'d', '' ORDER BY e.n) FROM reply_events e WHERE e.reply_id = m.id), '')
    WHERE m.status = 'streaming';
UPDATE conversations c SET revision = revision + 1
    WHERE EXISTS (SELECT FROM messages m JOIN replies r ON r.id = m.id WHERE m.conversation_id = c.id AND r.ended_at IS NULL);
UPDATE replies SET ended_at = now() WHERE ended_at IS NULL;

-- Servers that write replies, and until when each is believed to live.
CREATE TABLE reply_writers (
    id          uuid PRIMARY KEY,
    lease_until timestamptz NOT NULL,
    -- Another server took it for dead. It writes nothing more under this id.
    fenced_at   timestamptz
);

-- [["<reply id>", [event, …]], …]. Deleted after some seconds, when all of it is in reply_events, too.
CREATE TABLE reply_journal (
    writer uuid   NOT NULL,
    seq    bigint NOT NULL,
    events json   NOT NULL,
    PRIMARY KEY (writer, seq)
);
-- It is read a moment later or never; compressing it would only cost time.
ALTER TABLE reply_journal ALTER COLUMN events SET STORAGE EXTERNAL;

ALTER TABLE replies
    DROP COLUMN lease_until,
    ADD COLUMN begun_at timestamptz NOT NULL DEFAULT now(),
    -- The number of the last event; with it a log that was dropped can still be followed.
    ADD COLUMN last_n integer NOT NULL DEFAULT 0,
    -- False once the log was dropped; the message has the text.
    ADD COLUMN logged boolean NOT NULL DEFAULT true;
UPDATE replies r SET last_n = coalesce((SELECT max(n) FROM reply_events e WHERE e.reply_id = r.id), 0), logged = false;
CREATE INDEX replies_of_writers ON replies (writer) WHERE ended_at IS NULL;
CREATE INDEX replies_with_logs ON replies (ended_at) WHERE logged;

-- The log: append-only, events numbered from 1 without gaps, the last one an {"end": …}.
DROP TABLE reply_events;
CREATE TABLE reply_events (
    reply_id uuid    NOT NULL REFERENCES replies ON DELETE CASCADE,
    -- Of the last event in this row.
    n        integer NOT NULL,
    -- [{"n": 1, "d": "…"}, …]
    events   jsonb   NOT NULL,
    PRIMARY KEY (reply_id, n)
);
