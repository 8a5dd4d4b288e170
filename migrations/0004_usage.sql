-- What each reply used: one row for each, from its question on. Rows outlive conversations and people: they are what is
-- paid for.
CREATE TABLE usage (
    reply_id          uuid PRIMARY KEY,
    user_id           uuid REFERENCES users ON DELETE SET NULL,
    -- Of the person when they asked.
    department        text,
    model             text,
    -- Of the endpoint that answered, if one did.
    deployment        text,
    prompt_tokens     bigint      NOT NULL DEFAULT 0,
    completion_tokens bigint      NOT NULL DEFAULT 0,
    -- Parts of the two above.
    cached_tokens     bigint      NOT NULL DEFAULT 0,
    reasoning_tokens  bigint      NOT NULL DEFAULT 0,
    -- At least part of it was counted here, because the service reported nothing.
    counted           boolean     NOT NULL DEFAULT false,
    -- In millionths of the currency; absent = the model has no prices.
    cost_micros       bigint,
    currency          text,
    -- When the question was asked, or the answer asked to go on, last.
    asked_at          timestamptz NOT NULL DEFAULT now(),
    -- When tokens were last added: what quotas and reports go by. Not before `asked_at`.
    at                timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT usage_money CHECK ((cost_micros IS NULL) = (currency IS NULL))
);
CREATE INDEX usage_of_user ON usage (user_id, at);
CREATE INDEX usage_recent ON usage (at);

-- What was reported of replies before this table was there.
INSERT INTO usage (reply_id, user_id, department, model, prompt_tokens, completion_tokens, cached_tokens,
                   reasoning_tokens, asked_at, at)
    SELECT r.id, u.id, u.department, m.model,
           coalesce((r.usage->>'prompt_tokens')::bigint, 0), coalesce((r.usage->>'completion_tokens')::bigint, 0),
           coalesce((r.usage->>'cached_tokens')::bigint, 0), coalesce((r.usage->>'reasoning_tokens')::bigint, 0),
           m.created_at, coalesce(r.ended_at, m.created_at)
    FROM replies r JOIN messages m ON m.id = r.id JOIN conversations c ON c.id = m.conversation_id
    JOIN users u ON u.id = c.owner_id WHERE jsonb_typeof(r.usage) = 'object';
