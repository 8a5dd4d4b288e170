-- Conversations as a library: branches, search, and conversations that are pinned, filed, put away or thrown away.

-- A message follows its parent. A conversation shows the path that ends with its leaf; a question that was edited, or an
-- answer that was asked for again, has siblings.
ALTER TABLE messages
    ADD COLUMN parent_id uuid REFERENCES messages ON DELETE CASCADE,
    -- The conversation's owner, so that search finds by it.
    ADD COLUMN owner_id  uuid REFERENCES users ON DELETE CASCADE;
UPDATE messages m SET owner_id = c.owner_id, parent_id = p.id
    FROM conversations c, messages own LEFT JOIN messages p
        ON p.conversation_id = own.conversation_id AND p.position = own.position - 1
    WHERE own.id = m.id AND c.id = m.conversation_id;
ALTER TABLE messages ALTER COLUMN owner_id SET NOT NULL;
CREATE INDEX messages_parent ON messages (parent_id);

ALTER TABLE conversations
    -- The last message of the path that is shown. Absent while nothing was asked.
    ADD COLUMN leaf_id     uuid,
    -- Given by the owner; otherwise conversations are listed by their last use alone.
    ADD COLUMN folder      text,
    ADD COLUMN pinned_at   timestamptz,
    ADD COLUMN archived_at timestamptz,
    -- Can be undone for an hour; then it is gone (see `store/library.rs`).
    ADD COLUMN deleted_at  timestamptz,
    -- A temporary one: never listed, and it goes with this session.
    ADD COLUMN session_id  uuid,
    ADD CONSTRAINT conversations_folder CHECK (folder <> '' AND length(folder) <= 60);
UPDATE conversations c SET leaf_id =
    (SELECT id FROM messages m WHERE m.conversation_id = c.id ORDER BY position DESC LIMIT 1);

DROP INDEX conversations_recent;
CREATE INDEX conversations_of_owner ON conversations (owner_id, updated_at DESC, id DESC);
CREATE INDEX conversations_listed ON conversations (owner_id, updated_at DESC, id DESC)
    WHERE deleted_at IS NULL AND archived_at IS NULL AND pinned_at IS NULL AND session_id IS NULL AND folder IS NULL;
CREATE INDEX conversations_filed ON conversations (owner_id, folder) WHERE folder IS NOT NULL;
CREATE INDEX conversations_pinned ON conversations (owner_id, pinned_at DESC) WHERE pinned_at IS NOT NULL;
CREATE INDEX conversations_archived ON conversations (owner_id, updated_at DESC, id DESC) WHERE archived_at IS NOT NULL;
CREATE INDEX conversations_deleted ON conversations (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX conversations_temporary ON conversations (session_id) WHERE session_id IS NOT NULL;

-- Words of a message, and its owner as one more, so that one index finds what somebody wrote among what everybody wrote.
-- A document has a largest size; what is beyond this is not found.
CREATE FUNCTION message_words(content text, owner_id uuid) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN to_tsvector('simple'::regconfig, left(content, 250000)) || array_to_tsvector(ARRAY['owner ' || owner_id::text]);
CREATE INDEX messages_words ON messages USING gin (message_words(content, owner_id));

-- Titles are also found with a slip of the pen in them, where the extension for it may be installed.
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE FUNCTION resembles(words text, title text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
        AS 'SELECT word_similarity(lower(words), lower(title)) >= 0.55';
EXCEPTION WHEN OTHERS THEN
    CREATE FUNCTION resembles(words text, title text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
        AS 'SELECT false';
END
$$;

-- What somebody thinks of an answer.
CREATE TABLE ratings (
    message_id uuid PRIMARY KEY REFERENCES messages ON DELETE CASCADE,
    good       boolean     NOT NULL,
    comment    text,
    rated_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ratings_comment CHECK (comment <> '' AND length(comment) <= 2000)
);
CREATE INDEX ratings_recent ON ratings (rated_at DESC);

-- What somebody has written and not sent yet, in a conversation or (absent) in a new one.
CREATE TABLE drafts (
    owner_id        uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    conversation_id uuid REFERENCES conversations ON DELETE CASCADE,
    content         text        NOT NULL,
    written_at      timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX drafts_place ON drafts (owner_id, coalesce(conversation_id, '00000000-0000-0000-0000-000000000000'));
CREATE INDEX drafts_conversation ON drafts (conversation_id);
