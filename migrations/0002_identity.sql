-- What the directory and the provider say beyond 0001: the sign-in name, and the roles of the app's registration.
ALTER TABLE users
    ADD COLUMN username  text,
    ADD COLUMN app_roles text[] NOT NULL DEFAULT '{}';

-- Sessions can be listed, ended one by one, and renewed; their owner's access is checked again while they last.
-- A session that ended stays for a while without its tokens, so that whoever comes back with it can be told why.
ALTER TABLE sessions
    -- Names the session to people; the id itself is a secret.
    ADD COLUMN public_id         uuid        NOT NULL DEFAULT gen_random_uuid(),
    -- The id before the last renewal, accepted for a moment longer: requests may be under way with it.
    ADD COLUMN previous_id_hash  bytea,
    ADD COLUMN renewed_at        timestamptz,
    -- The owner's rights grew: the id is to be renewed.
    ADD COLUMN renewal_due       boolean     NOT NULL DEFAULT false,
    ADD COLUMN last_seen_at      timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN user_agent        text,
    ADD COLUMN network           text,
    -- When provider and directory last confirmed that the owner may be here.
    ADD COLUMN access_checked_at timestamptz NOT NULL DEFAULT now(),
    -- A server is finding that out at the moment, and is believed to live until then.
    ADD COLUMN checking_until    timestamptz,
    -- It could not be found out; not tried again before.
    ADD COLUMN check_not_before  timestamptz,
    ADD COLUMN ended_at          timestamptz,
    ADD COLUMN end_reason        text,
    ADD CONSTRAINT sessions_public_id UNIQUE (public_id),
    ADD CONSTRAINT sessions_end CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
    ADD CONSTRAINT sessions_end_reason CHECK (end_reason IN (
        'signed_out', 'ended_elsewhere', 'revoked', 'provider_signed_out', 'access_removed', 'provider_refused',
        'expired', 'idle'
    ));
CREATE UNIQUE INDEX sessions_previous_id ON sessions (previous_id_hash) WHERE previous_id_hash IS NOT NULL;
CREATE INDEX sessions_access_checks ON sessions (access_checked_at) WHERE ended_at IS NULL;

-- Who signed in or tried to, for auditors. Nothing here is ever changed.
CREATE TABLE sign_in_events (
    id             uuid PRIMARY KEY,
    at             timestamptz NOT NULL DEFAULT now(),
    user_id        uuid REFERENCES users ON DELETE SET NULL,
    tid            text,
    oid            text,
    -- As the provider's token names the account; display data.
    username       text,
    -- How it was asked for: interactive, silent, login, select_account, consent.
    method         text        NOT NULL,
    -- success, or which failure.
    outcome        text        NOT NULL,
    -- The provider's number of the failure, such as AADSTS50105.
    code           text,
    network        text,
    user_agent     text,
    correlation_id text        NOT NULL
);
CREATE INDEX sign_in_events_of_user ON sign_in_events (user_id, at DESC);
CREATE INDEX sign_in_events_recent ON sign_in_events (at DESC, id DESC);
