-- People and the accounts they sign in with. An account is (tenant, object id); everything else is display data.
CREATE TABLE users (
    id                 uuid PRIMARY KEY,
    display_name       text        NOT NULL,
    given_name         text,
    surname            text,
    email              text,
    department         text,
    job_title          text,
    preferred_language text,
    roles              text[]      NOT NULL DEFAULT '{}',
    -- [{"id": "...", "name": "..." | null}], sorted by name.
    groups             jsonb       NOT NULL DEFAULT '[]',
    created_at         timestamptz NOT NULL DEFAULT now(),
    updated_at         timestamptz NOT NULL DEFAULT now(),
    synced_at          timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE accounts (
    tid        text        NOT NULL,
    oid        text        NOT NULL,
    user_id    uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tid, oid)
);
CREATE INDEX accounts_user ON accounts (user_id);

-- A picture from the directory; without bytes: the directory has none, as of fetched_at.
CREATE TABLE photos (
    user_id      uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    etag         text,
    content_type text,
    bytes        bytea,
    fetched_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT photos_typed CHECK ((bytes IS NULL) = (content_type IS NULL))
);

-- Sessions are found by the hash of the id in the cookie, so that reading this table lets nobody in.
CREATE TABLE sessions (
    id_hash    bytea PRIMARY KEY,
    user_id    uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    -- The provider's id of its own session, for front-channel logout.
    sid        text,
    -- Sealed: Microsoft's tokens.
    tokens     bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_sid ON sessions (sid) WHERE sid IS NOT NULL;
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- A sign-in answer that was used; it is not accepted again while its state could still be valid.
CREATE TABLE used_sign_ins (
    state_hash bytea PRIMARY KEY,
    expires_at timestamptz NOT NULL
);

CREATE TABLE conversations (
    id            uuid PRIMARY KEY,
    owner_id      uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    title         text        NOT NULL,
    -- Grows with every change to what a page shows as finished; the key of rendered pages.
    revision      bigint      NOT NULL DEFAULT 1,
    message_count integer     NOT NULL DEFAULT 0,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX conversations_recent ON conversations (owner_id, updated_at DESC, id DESC);

CREATE TABLE messages (
    id              uuid PRIMARY KEY,
    conversation_id uuid        NOT NULL REFERENCES conversations ON DELETE CASCADE,
    position        integer     NOT NULL,
    role            text        NOT NULL,
    -- A streaming reply's text is in its events until it ends.
    content         text        NOT NULL,
    model           text,
    status          text        NOT NULL,
    -- Why an answer ended early: {"kind", "text", "correlation_id"}.
    notice          jsonb,
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT messages_position UNIQUE (conversation_id, position),
    CONSTRAINT messages_role CHECK (role IN ('user', 'assistant', 'system')),
    CONSTRAINT messages_status CHECK (status IN ('complete', 'streaming', 'stopped', 'interrupted', 'failed', 'filtered'))
);
CREATE UNIQUE INDEX messages_one_reply_at_a_time ON messages (conversation_id) WHERE status = 'streaming';

-- A reply being written, or that was: which server writes it, and until when that server is believed to live.
CREATE TABLE replies (
    id             uuid PRIMARY KEY REFERENCES messages ON DELETE CASCADE,
    writer         uuid        NOT NULL,
    lease_until    timestamptz NOT NULL,
    stop_requested boolean     NOT NULL DEFAULT false,
    usage          jsonb,
    ended_at       timestamptz
);
CREATE INDEX replies_leases ON replies (lease_until) WHERE ended_at IS NULL;

-- The log: append-only, numbered from 1 without gaps, ended by an {"end": …} event.
CREATE TABLE reply_events (
    reply_id uuid    NOT NULL REFERENCES replies ON DELETE CASCADE,
    n        integer NOT NULL,
    event    jsonb   NOT NULL,
    PRIMARY KEY (reply_id, n)
);
