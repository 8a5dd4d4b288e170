-- What was answered to a request that came with an Idempotency-Key, so that the same request gets the same answer and
-- does nothing a second time. Kept for a day, sealed: there may be something in it that its owner deletes meanwhile.
CREATE TABLE idempotency_keys (
    owner_id    uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    key_hash    bytea       NOT NULL,
    -- Of what was asked for.
    fingerprint bytea       NOT NULL,
    begun_at    timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    -- Absent while it is worked on.
    status      smallint,
    body        bytea,
    PRIMARY KEY (owner_id, key_hash),
    CONSTRAINT idempotency_keys_answer CHECK ((status IS NULL) = (body IS NULL))
);
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);
