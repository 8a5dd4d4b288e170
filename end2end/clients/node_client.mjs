// The official Node client against Banter, with nothing changed but base URL and token.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(`${process.env.BANTER_TOOLS_DIR}/`));
const { default: OpenAI, NotFoundError, BadRequestError, RateLimitError, AuthenticationError } = require("openai");

const client = new OpenAI({ baseURL: process.env.API_URL, apiKey: process.env.API_TOKEN, maxRetries: 0 });
const ask = (content, more = {}) =>
  client.chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content }], ...more });

const models = [];
for await (const model of client.models.list()) models.push(model.id);
assert.equal(models[0], "gpt-5-mini");
assert.equal((await client.models.retrieve("gpt-4o")).id, "gpt-4o");

const whole = await ask("echo: hello from Node");
assert.equal(whole.choices[0].message.content, "hello from Node");
assert.ok(whole.usage.total_tokens > 0);

let text = "";
for await (const chunk of await ask("echo: one two three", { stream: true })) text += chunk.choices[0].delta.content ?? "";
assert.equal(text, "one two three");

const runner = client.chat.completions.stream({
  model: "gpt-4o",
  messages: [{ role: "user", content: "echo: helper" }],
  stream_options: { include_usage: true },
});
const final = await runner.finalChatCompletion();
assert.equal(final.choices[0].message.content, "helper");
assert.ok(final.usage.total_tokens > 0);

await assert.rejects(ask("x", { model: "none" }), (error) => error instanceof NotFoundError && error.code === "model_not_found");
await assert.rejects(ask("x", { temperature: 9 }), (error) => error instanceof BadRequestError && error.param === "temperature");
await assert.rejects(client.withOptions({ apiKey: "nonsense" }).models.list(), AuthenticationError);
await assert.rejects(async () => {
  for await (const _ of await ask("trigger cut long", { stream: true }));
});

// Last: a model that asked for patience is left alone for as long.
await assert.rejects(
  ask("trigger rate limit", { model: "gpt-5" }),
  (error) => error instanceof RateLimitError && Number(error.headers.get("retry-after")) > 0,
);

console.log("node_client.mjs: all of it holds");
