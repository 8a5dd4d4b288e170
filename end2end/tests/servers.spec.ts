// Several servers, one conversation: any of them can go away, and any can serve any page.
import { Chat, numberedWords, uniqueWord } from "./support/chat";
import { hangAfter } from "./support/sandbox";
import { cannotStartServers, Server } from "./support/server";
import { expect, test } from "./support/test";

test.skip(cannotStartServers !== undefined, cannotStartServers);
// A server that is gone.
test.use({
  expectedErrors: /ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING)|TypeError: network error/,
});

test("an answer that one server writes is read and stopped through another", async ({ chat, newBrowser }) => {
  const word = uniqueWord();
  const other = await Server.start();
  try {
    await hangAfter(8, word);
    await chat.open("Bob Baker");
    await chat.ask(`echo: ${word} ${numberedWords(30)}`);
    await expect(chat.answerText).toContainText("n2");

    const elsewhere = new Chat(await (await newBrowser({ baseURL: other.origin })).newPage());
    await elsewhere.open("Bob Baker", new URL(chat.page.url()).pathname);
    await expect(elsewhere.answerText).toContainText("n2");
    await elsewhere.stop.click();
    await expect(elsewhere.answer.getByRole("status")).toContainText("stopped");
    await expect(chat.answer.getByRole("status")).toContainText("stopped");
  } finally {
    await other.kill();
  }
});

test("an answer whose server dies keeps what was shown and says that it was interrupted", async ({ newBrowser }) => {
  test.slow();
  const word = uniqueWord();
  const server = await Server.start();
  try {
    await hangAfter(8, word);
    const chat = new Chat(await (await newBrowser({ baseURL: server.origin })).newPage());
    await chat.open("Bob Baker");
    await chat.ask(`echo: ${word} ${numberedWords(30)}`);
    await expect(chat.answerText).toContainText("n2");
    const shown = await chat.answerText.innerText();
    await server.kill();
    await expect(chat.answer.getByRole("status")).toContainText("reconnecting");
    await server.start();
    // Once nobody has claimed the answer for a while, another server ends it; the page finds out by itself.
    await expect(chat.answer.getByRole("alert")).toContainText("interrupted", { timeout: 40_000 });
    // More may have come between reading it here and the server's end.
    await expect(chat.answerText).toContainText(shown);
    await chat.askAndRead("echo: still here");
    await expect(chat.answerText).toHaveText("still here");
  } finally {
    await server.kill();
  }
});
