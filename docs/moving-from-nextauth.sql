-- Moves people and their conversations from an Auth.js (NextAuth) deployment with Drizzle's adapter into Banter's tables.
-- docs/moving-from-nextauth.md says when and how. In short, with the old tables in the schema "old" of Banter's database:
--
--   psql "$DATABASE_URL" --single-transaction -v ON_ERROR_STOP=1 \
--     -c "SET LOCAL moving.tenant = '<tenant id>'" -f docs/moving-from-nextauth.sql
--
-- One transaction: all of it happens, or nothing. What is in Banter already stays as it is, so that a second run changes
-- nothing. Nothing in "old" is changed. At the end it says what was moved and what was left out, and why.

-- Drizzle's timestamps have no zone; its drivers write UTC.
SET LOCAL TIME ZONE 'UTC';

DO $$
BEGIN
    IF to_regclass('accounts') IS NULL OR to_regclass('conversations') IS NULL THEN
        RAISE EXCEPTION 'Banter''s tables are not in this database: run `banter migrate` first';
    END IF;
    IF coalesce(current_setting('moving.tenant', true), '') !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN
        RAISE EXCEPTION 'moving.tenant has to be the id of the tenant that people sign in to'
            USING HINT = 'It is the id in AUTH_MICROSOFT_ENTRA_ID_ISSUER.';
    END IF;
END $$;

-- A row as JSON, so that columns are found by any of their usual names, and those that are missing are NULL. What
-- PostgreSQL cannot keep as text (NUL, halves of characters), but has in columns of type json, becomes U+FFFD.
CREATE OR REPLACE FUNCTION pg_temp.readable(source json) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    RETURN source::jsonb;
EXCEPTION WHEN untranslatable_character OR invalid_text_representation THEN
    RETURN regexp_replace(
        source::text, '(?<!\\)((?:\\\\)*)\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})', '\1\\ufffd', 'g'
    )::jsonb;
END $$;

-- The first of these columns that has a value.
CREATE OR REPLACE FUNCTION pg_temp.field(source jsonb, VARIADIC names text[]) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT source->>name FROM unnest(names) WITH ORDINALITY AS named (name, n)
    WHERE source->>name IS NOT NULL ORDER BY n LIMIT 1
$$;

-- The id of a row in Banter: its own if it is a UUID, so that links stay; else one made from it, always the same
-- (version 8 of RFC 9562).
CREATE OR REPLACE FUNCTION pg_temp.uuid_of(kind text, id text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN id ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN id::uuid
        ELSE overlay(overlay(md5(kind || ' ' || id) PLACING '8' FROM 13) PLACING 'a' FROM 17)::uuid
    END
$$;

-- What an id_token says (RFC 7519 §3), unverified: whoever can write this table could write anything. NULL when it is
-- none.
CREATE OR REPLACE FUNCTION pg_temp.claims(id_token text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    payload text := translate(split_part(id_token, '.', 2), '-_', '+/');
BEGIN
    RETURN convert_from(decode(rpad(payload, ((length(payload) + 3) / 4) * 4, '='), 'base64'), 'UTF8')::jsonb;
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION pg_temp.guid(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT lower($1) WHERE $1 ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
$$;

-- The text of a message: the parts of type "text" (AI SDK 4 and later), or the content.
CREATE OR REPLACE FUNCTION pg_temp.text_of_parts(parts jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(part->>'text', E'\n\n' ORDER BY n)
    FROM jsonb_array_elements(CASE jsonb_typeof(parts) WHEN 'array' THEN parts ELSE '[]' END)
        WITH ORDINALITY AS listed (part, n)
    WHERE part->>'type' = 'text'
$$;
CREATE OR REPLACE FUNCTION pg_temp.text_of(message jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(
        pg_temp.text_of_parts(message->'parts'),
        pg_temp.text_of_parts(message->'content'),
        CASE jsonb_typeof(message->'content') WHEN 'string' THEN message->>'content' END
    )
$$;

-- The old tables under the names that they usually have. Where yours are called otherwise, or have other columns, make
-- views moving_users, moving_accounts, moving_chats and moving_messages in the schema "old", which are taken first.
DO $$
DECLARE
    wanted record;
    found name;
BEGIN
    FOR wanted IN SELECT * FROM (VALUES
        ('old_users',    ARRAY['moving_users', 'user', 'users']),
        ('old_accounts', ARRAY['moving_accounts', 'account', 'accounts']),
        ('old_chats',    ARRAY['moving_chats', 'chat', 'chats', 'conversation', 'conversations']),
        ('old_messages', ARRAY['moving_messages', 'message_v2', 'message', 'messages', 'chat_messages'])
    ) AS tables (copy, names) LOOP
        SELECT relname INTO found FROM pg_class
        WHERE relnamespace = to_regnamespace('old') AND relkind IN ('r', 'p', 'v', 'm')
          AND lower(relname) = ANY (wanted.names)
        ORDER BY array_position(wanted.names, lower(relname)::text) LIMIT 1;
        IF found IS NULL THEN
            RAISE EXCEPTION 'there is none of the tables % in the schema "old"', array_to_string(wanted.names, ', ');
        END IF;
        EXECUTE format(
            'CREATE TEMP TABLE %I ON COMMIT DROP AS SELECT pg_temp.readable(to_json(source)) AS r FROM old.%I AS source',
            wanted.copy, found
        );
    END LOOP;
END $$;

-- Who somebody is to Entra: tenant and object id, from the id_token, or from the account's id where that is an object
-- id and not a "sub", which means something to the old application only. Never an e-mail address: those change hands.
CREATE TEMP TABLE moving_people ON COMMIT DROP AS
WITH identities AS (
    SELECT pg_temp.field(r, 'userId', 'user_id') AS old_id,
        pg_temp.claims(pg_temp.field(r, 'id_token', 'idToken')) AS claims,
        pg_temp.field(r, 'providerAccountId', 'provider_account_id', 'accountId', 'account_id') AS account_id
    FROM old_accounts
    WHERE pg_temp.field(r, 'provider', 'providerId', 'provider_id') IN ('microsoft-entra-id', 'azure-ad', 'entra-id')
), people AS (
    SELECT pg_temp.field(u.r, 'id') AS old_id,
        pg_temp.field(u.r, 'name') AS name,
        pg_temp.field(u.r, 'email') AS email,
        count(i.old_id) AS accounts,
        array_agg(DISTINCT coalesce(pg_temp.guid(claims->>'oid'), pg_temp.guid(account_id)))
            FILTER (WHERE coalesce(pg_temp.guid(claims->>'oid'), pg_temp.guid(account_id)) IS NOT NULL) AS oids,
        array_agg(DISTINCT lower(claims->>'tid')) FILTER (WHERE claims->>'tid' IS NOT NULL) AS tids
    FROM old_users u LEFT JOIN identities i ON i.old_id = pg_temp.field(u.r, 'id')
    GROUP BY u.r
), judged AS (
    SELECT old_id, name, email, oids[1] AS oid, lower(current_setting('moving.tenant')) AS tid,
        CASE
            WHEN accounts = 0 THEN 'has no account of Entra ID'
            WHEN oids IS NULL THEN 'has neither an id_token nor an object id'
            WHEN cardinality(oids) > 1 THEN 'has several accounts of Entra ID'
            WHEN tids <> ARRAY[lower(current_setting('moving.tenant'))] THEN 'has an account of another tenant'
        END AS reason
    FROM people
)
SELECT judged.*, a.user_id IS NOT NULL AS known,
    coalesce(a.user_id, pg_temp.uuid_of('user', min(judged.old_id) OVER (PARTITION BY judged.tid, judged.oid))) AS user_id
FROM judged LEFT JOIN accounts a ON reason IS NULL AND a.tid = judged.tid AND a.oid = judged.oid;

-- The first sign-in brings the rest: groups, roles, picture.
INSERT INTO users (id, display_name, email)
SELECT DISTINCT ON (user_id) user_id, coalesce(nullif(btrim(name), ''), email, 'Unnamed'), email
FROM moving_people WHERE reason IS NULL AND NOT known ORDER BY user_id, old_id;

INSERT INTO accounts (tid, oid, user_id)
SELECT DISTINCT tid, oid, user_id FROM moving_people WHERE reason IS NULL AND NOT known;

-- Questions and answers. Instructions to the model, calls of tools and pictures have no place in Banter.
CREATE TEMP TABLE moving_messages ON COMMIT DROP AS
SELECT pg_temp.field(r, 'id') AS old_id,
    pg_temp.field(r, 'chatId', 'chat_id', 'conversationId', 'conversation_id') AS chat_id,
    pg_temp.field(r, 'role') AS role,
    pg_temp.text_of(r) AS content,
    pg_temp.field(r, 'model', 'modelId', 'model_id') AS model,
    pg_temp.field(r, 'createdAt', 'created_at')::timestamptz AS created_at,
    CASE
        WHEN coalesce(pg_temp.field(r, 'role'), '') NOT IN ('user', 'assistant') THEN 'neither question nor answer'
        WHEN coalesce(pg_temp.text_of(r), '') !~ '\S' THEN 'without text'
    END AS reason
FROM old_messages;

CREATE TEMP TABLE moving_conversations ON COMMIT DROP AS
WITH chats AS (
    SELECT pg_temp.field(r, 'id') AS old_id,
        pg_temp.field(r, 'userId', 'user_id', 'ownerId', 'owner_id') AS owner,
        pg_temp.field(r, 'title', 'name') AS title,
        pg_temp.field(r, 'createdAt', 'created_at')::timestamptz AS created_at,
        pg_temp.field(r, 'deletedAt', 'deleted_at') AS deleted_at
    FROM old_chats
), messages_of AS (
    SELECT chat_id, count(*) AS messages, min(created_at) AS first_at, max(created_at) AS last_at,
        (array_agg(content ORDER BY created_at) FILTER (WHERE role = 'user'))[1] AS question
    FROM moving_messages WHERE reason IS NULL GROUP BY chat_id
)
SELECT c.old_id, pg_temp.uuid_of('conversation', c.old_id) AS id, p.user_id AS owner_id, m.messages,
    coalesce(
        nullif(left(btrim(regexp_replace(c.title, '\s+', ' ', 'g')), 200), ''),
        nullif(left(btrim(regexp_replace(m.question, '\s+', ' ', 'g')), 60), ''),
        'Untitled'
    ) AS title,
    coalesce(c.created_at, m.first_at, now()) AS created_at,
    coalesce(m.last_at, c.created_at, now()) AS updated_at,
    CASE
        WHEN p.old_id IS NULL THEN 'of nobody'
        WHEN p.reason IS NOT NULL THEN 'of people who are left out'
        WHEN c.deleted_at IS NOT NULL THEN 'deleted'
        WHEN m.messages IS NULL THEN 'without messages'
    END AS reason,
    EXISTS (SELECT FROM conversations known WHERE known.id = pg_temp.uuid_of('conversation', c.old_id)) AS known
FROM chats c LEFT JOIN moving_people p ON p.old_id = c.owner LEFT JOIN messages_of m ON m.chat_id = c.old_id;

INSERT INTO conversations (id, owner_id, title, message_count, created_at, updated_at)
SELECT id, owner_id, title, messages, created_at, updated_at FROM moving_conversations WHERE reason IS NULL AND NOT known;

-- Of the same moment, the question comes first. Each message follows the one before it, and a conversation ends with its
-- last. Answers bear a model's name; where nobody noted it, a general one.
INSERT INTO messages (id, conversation_id, owner_id, parent_id, position, role, content, model, status, created_at)
SELECT id, conversation_id, owner_id, lag(id) OVER (PARTITION BY conversation_id ORDER BY position), position, role,
    content, model, 'complete', created_at
FROM (
    SELECT pg_temp.uuid_of('message', m.old_id) AS id, c.id AS conversation_id, c.owner_id,
        row_number() OVER (PARTITION BY c.id ORDER BY m.created_at, m.role <> 'user', m.old_id) - 1 AS position,
        m.role, m.content, CASE m.role WHEN 'assistant' THEN coalesce(m.model, 'Assistant') END AS model,
        coalesce(m.created_at, c.created_at) AS created_at
    FROM moving_messages m JOIN moving_conversations c ON c.old_id = m.chat_id
    WHERE m.reason IS NULL AND c.reason IS NULL AND NOT c.known
) AS moved;
UPDATE conversations SET leaf_id =
        (SELECT id FROM messages m WHERE m.conversation_id = conversations.id ORDER BY position DESC LIMIT 1)
    WHERE leaf_id IS NULL AND id IN (SELECT id FROM moving_conversations);

-- What happened. In each block the numbers add up to the rows of the old table.
SELECT what, outcome, count(*) AS rows FROM (
    SELECT 1 AS block, 'people' AS what,
        CASE WHEN reason IS NOT NULL THEN 'left out: ' || reason WHEN known THEN 'there already' ELSE 'moved' END AS outcome
    FROM moving_people
    UNION ALL
    SELECT 2, 'conversations',
        CASE WHEN reason IS NOT NULL THEN 'left out: ' || reason WHEN known THEN 'there already' ELSE 'moved' END
    FROM moving_conversations
    UNION ALL
    SELECT 3, 'messages',
        CASE
            WHEN c.old_id IS NULL THEN 'left out: of no conversation'
            WHEN c.reason IS NOT NULL THEN 'left out: of conversations that are left out'
            WHEN m.reason IS NOT NULL THEN 'left out: ' || m.reason
            WHEN c.known THEN 'there already'
            ELSE 'moved'
        END
    FROM moving_messages m LEFT JOIN moving_conversations c ON c.old_id = m.chat_id
) AS happened GROUP BY block, what, outcome ORDER BY block, outcome DESC;

-- Who was left out, with how many conversations.
SELECT p.old_id AS user_id, p.name, p.email, p.reason,
    (SELECT count(*) FROM old_chats c WHERE pg_temp.field(c.r, 'userId', 'user_id', 'ownerId', 'owner_id') = p.old_id)
        AS conversations
FROM moving_people p WHERE p.reason IS NOT NULL ORDER BY conversations DESC, p.old_id;
