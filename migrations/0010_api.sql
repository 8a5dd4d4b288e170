-- Callers of the app-to-app API: people, who are the same users as in the browser, and applications, which are users of
-- a kind of their own.
ALTER TABLE users
    ADD COLUMN kind text NOT NULL DEFAULT 'user' CONSTRAINT users_kind CHECK (kind IN ('user', 'service'));

-- When provider and directory last confirmed that somebody may call, as of when. A row that is not there: not yet, or
-- not any more.
CREATE TABLE api_access (
    user_id    uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    checked_at timestamptz NOT NULL
);
