// When the model gives trouble, the conversation says so, with a reference, and nothing that was typed is lost.
import type { Locator } from "@playwright/test";

import { numberedWords, uniqueWord, type Chat } from "./support/chat";
import { order, type Fault } from "./support/sandbox";
import { expect, test } from "./support/test";

interface Trouble {
  title: string;
  fault: Omit<Fault, "service" | "match">;
  /** What the notice says. */
  says: RegExp[];
  /** The part of the answer that had arrived and is kept. */
  keeps?: string;
  /** Asked instead of the default: an endpoint that fails often is left alone, which the other tests would feel. */
  model?: string;
}

/** A question asks no endpoint more often. */
const EVERY_TIME = 4;

const TROUBLES: Trouble[] = [
  {
    title: "a model that is down",
    fault: { kind: "status", status: 503, times: EVERY_TIME },
    says: [/cannot be reached/i],
    model: "gpt-5",
  },
  {
    title: "a gateway that answers instead of the model",
    fault: { kind: "gateway_html", times: EVERY_TIME },
    says: [/cannot be reached/i],
    model: "gpt-4o",
  },
  {
    title: "too many requests",
    fault: { kind: "rate_limit", times: EVERY_TIME },
    says: [/too many requests/i, /try again in 60 s/i],
  },
  {
    title: "a filtered question",
    fault: { kind: "content_filter_prompt" },
    says: [/filtered/i],
  },
  {
    title: "an answer that is filtered in its middle",
    fault: { kind: "finish_content_filter", after_chunks: 12 },
    says: [/filtered/i],
    keeps: "n2",
  },
  {
    title: "an answer whose connection is cut",
    fault: { kind: "cut", after_chunks: 12 },
    says: [/interrupted/i],
    keeps: "n2",
  },
  {
    title: "an answer that ends without a word of why",
    fault: { kind: "cut", after_chunks: 12, clean: true },
    says: [/interrupted/i],
    keeps: "n2",
  },
  {
    title: "an error inside the answer",
    fault: { kind: "in_stream_error", after_chunks: 12 },
    says: [/interrupted/i],
    keeps: "n2",
  },
  {
    title: "a conversation that is too long for the model",
    fault: { kind: "context_length" },
    says: [/too long/i, /new chat/i],
  },
  {
    title: "a model that the app may not use",
    fault: { kind: "unauthorized_key" },
    says: [/administrator/i],
  },
];

for (const { title, fault, says, keeps, model } of TROUBLES) {
  test(`${title} is told in the conversation, and the question is kept`, async ({ page, chat }) => {
    const word = uniqueWord();
    await order({ service: "openai", times: 1, match: { question: word }, ...fault } as Fault);
    await chat.open();
    if (model) {
      await page.getByRole("combobox", { name: "Model" }).selectOption(model);
    }
    await chat.askAndRead(`echo: ${word} ${numberedWords(40)}`);
    await expectTold(chat, chat.answer.getByRole("alert"), word, says, keeps);
    await page.reload();
    await expectTold(chat, chat.answer.getByRole("alert"), word, says, keeps);
  });
}

async function expectTold(chat: Chat, notice: Locator, word: string, says: RegExp[], keeps?: string): Promise<void> {
  for (const pattern of says) {
    await expect(notice).toContainText(pattern);
  }
  await expect(notice).toContainText(/Reference [0-9a-f]{4}-/);
  await expect(chat.questions.last()).toContainText(word);
  if (keeps) {
    await expect(chat.answerText).toContainText(keeps);
  }
  await expect(chat.send).toBeVisible();
}

test("an answer at the model's length limit says so", async ({ page, chat }) => {
  const word = uniqueWord();
  await order({ service: "openai", kind: "finish_length", after_chunks: 12, times: 1, match: { question: word } });
  await chat.open();
  await chat.askAndRead(`echo: ${word} ${numberedWords(40)}`);
  await expect(chat.answer.getByRole("status")).toContainText(/length limit/i);
  await page.reload();
  await expect(chat.answer.getByRole("status")).toContainText(/length limit/i);
  await expect(chat.answerText).toContainText("n2");
});

test("an answer that broke off goes on with Continue, also after a reload", async ({ page, chat }) => {
  const word = uniqueWord();
  await order({ service: "openai", kind: "cut", after_chunks: 12, times: 1, match: { question: word } });
  await chat.open();
  await chat.askAndRead(`echo: ${word} ${numberedWords(40)}`);
  await expect(chat.answer.getByRole("alert")).toContainText(/interrupted/i);
  const shown = await chat.answerText.innerText();
  await page.reload();
  await chat.ready();
  await chat.answer.getByRole("button", { name: "Continue" }).click();
  await chat.ended();
  await expect(chat.answers).toHaveCount(1);
  await expect(chat.answerText).toContainText("n40");
  expect((await chat.answerText.innerText()).startsWith(shown.trimEnd())).toBe(true);
  await expect(chat.answer.getByRole("alert")).toHaveCount(0);
  await expect(chat.answer.getByRole("button", { name: "Continue" })).toHaveCount(0);
  await page.reload();
  await expect(chat.answerText).toContainText("n40");
});

test("an answer that others came after is not continued", async ({ chat }) => {
  const word = uniqueWord();
  await order({ service: "openai", kind: "content_filter_prompt", times: 1, match: { question: `${word} filtered` } });
  await order({ service: "openai", kind: "cut", after_chunks: 12, times: 1, match: { question: `${word} cut` } });
  await chat.open();
  await chat.askAndRead(`echo: ${word} cut ${numberedWords(40)}`);
  await expect(chat.answer.getByRole("button", { name: "Continue" })).toBeVisible();
  await chat.askAndRead(`echo: ${word} filtered`);
  await expect(chat.page.getByRole("button", { name: "Continue" })).toBeHidden();
});

test("a busy model is asked again by itself, and the page counts down until then", async ({ page, chat }) => {
  const word = uniqueWord();
  await order({ service: "openai", kind: "rate_limit", retry_after: 5, times: 1, match: { question: word } });
  await chat.open();
  await page.getByRole("combobox", { name: "Model" }).selectOption("gpt-4o");
  await chat.ask(`echo: ${word}`);
  const note = chat.answer.getByRole("status");
  await expect(note).toHaveText(/The model is busy. Asking again in 4 s…/);
  await expect(note).toHaveText(/Asking again in 2 s…/);
  await chat.ended();
  await expect(chat.answerText).toHaveText(word);
  await expect(note).toHaveCount(0);
});

test("after trouble the next question is answered", async ({ chat }) => {
  const word = uniqueWord();
  await order({ service: "openai", kind: "context_length", times: 1, match: { question: word } });
  await chat.open();
  await chat.askAndRead(`echo: ${word}`);
  await expect(chat.answer.getByRole("alert")).toBeVisible();
  await chat.askAndRead("echo: better now");
  await expect(chat.answerText).toHaveText("better now");
});
