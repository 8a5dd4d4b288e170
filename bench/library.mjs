#!/usr/bin/env node
// Measures the library: listing, searching and opening among the conversations of many people. The rows are made in the
// database by psql; everything measured goes through the app's front door.

import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { optionsOf } from "./options.mjs";
import { basics, endAll, freePorts, onEnd, startApp, startSandbox } from "./processes.mjs";
import { Visitor } from "./visitor.mjs";

const HELP = `\
Usage: node bench/library.mjs [--built FOLDER] [--sandbox FILE] [--conversations N] [--own N]

Needs psql, the release build in FOLDER (target) and a sandbox (target/debug/sandbox).
N conversations in all (100000), of which --own are the asking person's (10000); four messages in each, and one
conversation of 1,000 messages.`;

const PERSONA = "Alice Archer";
const TIMES = 40;
// A few hundred words, so that some are in most messages and some in few.
const WORDS = `array(SELECT substr(md5(w::text), 1, 3 + w % 6) FROM generate_series(1, 4000) w)`;

function rows(all, own) {
  return `
    CREATE TEMP TABLE words AS SELECT ${WORDS} AS w;
    CREATE TEMP TABLE texts AS SELECT t, string_agg(w[1 + (t * 31 + i * i * 13) % 4000], ' ') AS text
      FROM generate_series(0, 999) t, generate_series(1, 120) i, words GROUP BY t;
    CREATE INDEX ON texts (t);
    INSERT INTO users (id, display_name) SELECT gen_random_uuid(), 'Person ' || n FROM generate_series(1, 200) n;
    ANALYZE texts;
    CREATE TEMP TABLE people AS SELECT id, row_number() OVER () - 1 AS n FROM users WHERE display_name LIKE 'Person %';
    CREATE TEMP TABLE made AS SELECT gen_random_uuid() AS id, n,
        CASE WHEN n <= ${own} THEN (SELECT id FROM users WHERE display_name = '${PERSONA}')
             ELSE (SELECT id FROM people p WHERE p.n = made.n % 200) END AS owner_id
      FROM generate_series(1, ${all}) AS made (n);
    INSERT INTO conversations (id, owner_id, title, message_count, updated_at)
      SELECT id, owner_id, 'Question ' || n || ' on ' || left((SELECT text FROM texts WHERE t = n % 1000), 12), 4,
             now() - n * interval '37 seconds' FROM made;
    CREATE TEMP TABLE said AS SELECT gen_random_uuid() AS id, made.id AS conversation_id, owner_id, p AS position,
        (SELECT text FROM texts WHERE t = (n * 7 + p) % 1000) || ' payment' || CASE WHEN n % 1000 = 7 THEN ' narwhal' ELSE '' END AS content
      FROM made, generate_series(0, 3) p;
    INSERT INTO messages (id, conversation_id, owner_id, position, role, content, status, model, parent_id)
      SELECT id, conversation_id, owner_id, position, CASE position % 2 WHEN 0 THEN 'user' ELSE 'assistant' END, content,
             'complete', CASE position % 2 WHEN 1 THEN 'gpt-5-mini' END,
             lag(id) OVER (PARTITION BY conversation_id ORDER BY position) FROM said;
    INSERT INTO conversations (id, owner_id, title, message_count)
      SELECT '01930000-0000-7000-8000-000000000001', id, 'A long one', 1000 FROM users WHERE display_name = '${PERSONA}';
    INSERT INTO messages (id, conversation_id, owner_id, position, role, content, status, model, parent_id)
      SELECT id, c, o, n, CASE n % 2 WHEN 0 THEN 'user' ELSE 'assistant' END,
             'Paragraph ' || n || E'\\n\\n- one\\n- **two**\\n\\n' || repeat('text of some length ', 30), 'complete',
             CASE n % 2 WHEN 1 THEN 'gpt-5-mini' END, lag(id) OVER (ORDER BY n)
      FROM (SELECT gen_random_uuid() AS id, '01930000-0000-7000-8000-000000000001'::uuid AS c, n,
                   (SELECT id FROM users WHERE display_name = '${PERSONA}') AS o FROM generate_series(0, 999) n) long;
    UPDATE conversations SET leaf_id = (SELECT id FROM messages m WHERE m.conversation_id = conversations.id
                                        ORDER BY position DESC LIMIT 1);
    VACUUM ANALYZE;`;
}

async function measure(options) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "banter-bench-"));
  onEnd(() => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  fs.chmodSync(folder, 0o755);
  const [port, ...ports] = await freePorts(4);
  const sandbox = await startSandbox(options.sandbox, folder, ports);
  const environment = sandbox.environment(port, path.join(options.built, "site"));
  await startApp({ binary: path.join(options.built, "release/banter"), folder, port, environment });
  const origin = `http://localhost:${port}`;
  const visitor = new Visitor();
  await visitor.signIn(`${origin}/chat`, PERSONA);

  console.error(`making ${options.conversations} conversations, ${options.own} of them ${PERSONA}'s`);
  const file = path.join(folder, "rows.sql");
  fs.writeFileSync(file, rows(Number(options.conversations), Number(options.own)));
  const made = spawnSync("psql", [environment.DATABASE_URL, "-q", "-v", "ON_ERROR_STOP=1", "-f", file], {
    env: basics(), encoding: "utf8",
  });
  if (made.status !== 0) throw new Error(`psql: ${made.stderr}`);

  const asked = {
    "first page of the list": "/fn/conversations",
    "search: a word in few messages": "/fn/search?q=narwhal",
    "search: a word in every message": "/fn/search?q=payment",
    "search: two words": `/fn/search?q=payment+narwhal`,
    "search: the beginning of a word": "/fn/search?q=nar",
    "search: nothing has it": "/fn/search?q=zzzzzz",
    "search: a title with a slip of the pen": "/fn/search?q=quetsion+9999",
    "open 1,000 messages, as data": "/fn/conversation?id=01930000-0000-7000-8000-000000000001",
    "open 1,000 messages, the page": "/chat/01930000-0000-7000-8000-000000000001",
    "open 4 messages, as data": null,
  };
  const list = JSON.parse((await visitor.get(`${origin}/fn/conversations`, { accept: "application/json" })).body);
  asked["open 4 messages, as data"] = `/fn/conversation?id=${list.conversations[5].id}`;
  console.log(`| ${options.conversations} conversations, ${options.own} of one person | p50 ms | p99 ms | bytes |`);
  console.log("| --- | ---: | ---: | ---: |");
  for (const [what, address] of Object.entries(asked)) {
    const took = [];
    let bytes = 0;
    for (let n = 0; n < TIMES; n += 1) {
      const began = performance.now();
      const answer = await visitor.get(origin + address, { accept: address.startsWith("/fn") ? "application/json" : "text/html" });
      took.push(performance.now() - began);
      if (answer.status !== 200) throw new Error(`${address} answers ${answer.status}: ${answer.body}`);
      bytes = answer.body.length;
    }
    took.sort((one, other) => one - other);
    const at = (share) => took[Math.min(TIMES - 1, Math.floor(share * TIMES))].toFixed(1);
    console.log(`| ${what} | ${at(0.5)} | ${at(0.99)} | ${bytes} |`);
  }
}

const options = optionsOf(HELP, { conversations: "100000", own: "10000" });
try {
  await measure(options);
} finally {
  await endAll();
}
process.exit(0);
