// An answer under way belongs to the server: pages come and go, and each ends with all of it, once.
import { Chat, numberedWords, uniqueWord } from "./support/chat";
import { hangAfter, modelRequests } from "./support/sandbox";
import { expect, test } from "./support/test";

/** About three seconds of writing. */
const WORDS = 60;

test("a reload in the middle of an answer loses and doubles nothing", async ({ page, chat }) => {
  const text = `${uniqueWord()} ${numberedWords(WORDS)}`;
  await chat.open();
  await chat.ask(`echo: ${text}`);
  await expect(chat.answerText).toContainText("n3");
  await page.reload();
  await expect(chat.answer).toHaveAttribute("aria-busy", "true");
  await expect(chat.answerText).toContainText("n3");
  await chat.ended();
  await expect(chat.answerText).toHaveText(text);
  await page.reload();
  await expect(chat.answerText).toHaveText(text);
});

test("a second tab and the first end with the same text", async ({ page, chat, context }) => {
  const text = `${uniqueWord()} ${numberedWords(WORDS)}`;
  await chat.open();
  await chat.ask(`echo: ${text}`);
  await expect(chat.answerText).toContainText("n3");
  const second = new Chat(await context.newPage());
  await second.page.goto(page.url());
  await expect(second.answer).toHaveAttribute("aria-busy", "true");
  await second.ended();
  await expect(second.answerText).toHaveText(text);
  await page.bringToFront();
  await chat.ended();
  await expect(chat.answerText).toHaveText(text);
});

test("going to another conversation and back in the middle of an answer loses nothing", async ({ chat }) => {
  const [first, second] = [uniqueWord(), uniqueWord()];
  const text = `${second} ${numberedWords(WORDS)}`;
  await chat.open();
  await chat.askAndRead(`echo: ${first}`);
  await chat.newChat.click();
  await chat.ask(`echo: ${text}`);
  await expect(chat.answerText).toContainText("n3");
  await chat.link(first).click();
  await expect(chat.answerText).toHaveText(first);
  await expect(chat.send).toBeVisible();
  await chat.link(second).click();
  await chat.ended();
  await expect(chat.answerText).toHaveText(text);
});

test("the answer goes on when its page is closed", async ({ page, chat, context }) => {
  const text = `${uniqueWord()} ${numberedWords(30)}`;
  await chat.open();
  await chat.ask(`echo: ${text}`);
  const url = page.url();
  await page.close();
  const later = new Chat(await context.newPage());
  await later.page.goto(url);
  await later.ended();
  await expect(later.answerText).toHaveText(text);
});

test("an answer begins in the response to its question", async ({ page, chat }) => {
  const followed: string[] = [];
  page.on("request", (request) => followed.push(...(request.url().includes("/fn/reply_events") ? [request.url()] : [])));
  await chat.open();
  for (const text of [uniqueWord(), numberedWords(30)]) {
    await chat.ask(`echo: ${text}`);
    await chat.ended();
    await expect(chat.answerText).toHaveText(text);
  }
  expect(followed).toEqual([]);
});

test.describe("a lost connection", () => {
  test.use({ expectedErrors: /ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|ERR_CONNECTION/ });

  test("an answer is read to its end after the connection came back", async ({ page, chat, context }) => {
    const text = `${uniqueWord()} ${numberedWords(90)}`;
    await chat.open();
    // Cut off by the network, not by the page: the first connection ends after some of the text, the next ones fail.
    await page.route("**/fn/ask_and_read", async (route) => {
      const response = await route.fetch();
      const body = await response.text();
      await route.fulfill({ response, body: body.slice(0, body.indexOf("n2", body.indexOf("\n"))) });
    });
    let connections = 0;
    await page.route("**/fn/reply_events*", async (route) => {
      connections += 1;
      if (connections === 1) {
        await route.abort("connectionreset");
      } else if (connections === 2) {
        await expect(chat.answer.getByRole("status")).toContainText("reconnecting");
        await route.abort("internetdisconnected");
      } else {
        await route.continue();
      }
    });
    await chat.ask(`echo: ${text}`);
    await chat.ended();
    await expect(chat.answerText).toHaveText(text);
    await expect(chat.answer.getByRole("status")).toHaveCount(0);
    expect(connections).toBeGreaterThan(2);
    await context.unrouteAll();
  });
});

test("Stop keeps the part that was written, also after a reload", async ({ page, chat }) => {
  const word = uniqueWord();
  await hangAfter(8, word);
  await chat.open();
  await chat.ask(`echo: ${word} ${numberedWords(30)}`);
  await expect(chat.answerText).toContainText("n2");
  await chat.stop.click();
  const note = chat.answer.getByRole("status");
  await expect(note).toContainText("stopped");
  await expect(chat.answerText).toContainText("n2");
  const kept = await chat.answerText.innerText();
  await expect(chat.send).toBeVisible();

  await page.reload();
  await expect(note).toContainText("stopped");
  await expect(chat.answerText).toHaveText(kept);
  await expect(chat.stop).toHaveCount(0);
});

test("Stop ends the request to the model", async ({ chat }) => {
  const word = uniqueWord();
  await hangAfter(8, word);
  await chat.open();
  await chat.ask(`echo: ${word} ${numberedWords(30)}`);
  await expect(chat.answerText).toContainText("n1");
  await chat.stop.click();
  await expect(chat.answer.getByRole("status")).toContainText("stopped");
  await expect.poll(async () => (await modelRequests(word)).map((request) => request.disconnected)).toEqual([true]);
});

test("an answer can be stopped before its first word", async ({ chat }) => {
  const word = uniqueWord();
  await hangAfter(0, word);
  await chat.open();
  await chat.ask(`echo: ${word}`);
  await expect(chat.answer).toContainText("Thinking");
  await chat.stop.click();
  await expect(chat.answer.getByRole("status")).toContainText("stopped");
});

test("Stop in a second tab stops the answer in the first", async ({ page, chat, context }) => {
  const word = uniqueWord();
  await hangAfter(8, word);
  await chat.open();
  await chat.ask(`echo: ${word} ${numberedWords(30)}`);
  await expect(chat.answerText).toContainText("n2");
  const second = new Chat(await context.newPage());
  await second.page.goto(page.url());
  await second.ready();
  await second.stop.click();
  await expect(second.answer.getByRole("status")).toContainText("stopped");
  await page.bringToFront();
  await expect(chat.answer.getByRole("status")).toContainText("stopped");
});

test("one can go on asking after Stop", async ({ chat }) => {
  const word = uniqueWord();
  await hangAfter(4, word);
  await chat.open();
  await chat.ask(`echo: ${word} one two three four five six`);
  await expect(chat.answerText).toContainText(word);
  await chat.stop.click();
  await expect(chat.answer.getByRole("status")).toContainText("stopped");
  await chat.askAndRead("echo: again");
  await expect(chat.answerText).toHaveText("again");
});

test("the log follows the answer while its end is in view, and offers to when it is not", async ({ page, chat }) => {
  const word = uniqueWord();
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`).join("\n\n");
  await chat.open();
  await chat.askAndRead(`echo: ${word}\n\n${lines}`);
  const end = chat.answer.getByText("line 30", { exact: true });
  await expect(end).toBeInViewport();
  const latest = page.getByRole("button", { name: "Jump to latest" });
  await expect(latest).toBeHidden();
  await chat.log.hover();
  await page.mouse.wheel(0, -2_000);
  await expect(latest).toBeVisible();
  await latest.click();
  await expect(end).toBeInViewport();
  await expect(latest).toBeHidden();
});

test("whoever goes up while words wait for a pause in their typing stays there", async ({ page, chat }) => {
  await chat.open();
  await chat.ask(`echo: ${uniqueWord()} ${numberedWords(900)}`);
  await expect(chat.answerText).toContainText("n20");
  const led = await page.evaluate(async () => {
    const log = document.querySelector(".log")!;
    const frames = async (): Promise<void> => {
      await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
    };
    let led = 0;
    for (let round = 0; round < 15; round += 1) {
      log.scrollTo(0, log.scrollHeight);
      await frames();
      // Words are drawn 50 ms behind a key: right after this, and before the browser tells of the scrolling.
      const pause = new Promise((ended) => setTimeout(ended, 50));
      document.querySelector("#message")!.dispatchEvent(new Event("input", { bubbles: true }));
      await pause;
      log.scrollTo(0, 40);
      await frames();
      led += log.scrollTop === 40 ? 0 : 1;
    }
    return led;
  });
  expect(led).toBe(0);
  await expect(chat.stop, "words came all the time").toBeVisible();
  await chat.stop.click();
  await chat.ended();
});

test("a long conversation opens at its end", async ({ page, chat }) => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`).join("\n\n");
  await chat.open();
  await chat.askAndRead(`echo: ${uniqueWord()}\n\n${lines}`);
  await page.reload();
  await expect(chat.answer.getByText("line 30", { exact: true })).toBeInViewport();
});

test("of a long conversation that is still on its way the beginning is not shown", async ({ page, chat }) => {
  const word = uniqueWord();
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`).join("\n\n");
  await chat.open();
  await chat.askAndRead(`echo: ${word}\n\n${lines}`);
  await page.route("**/chat/*", async (route) => {
    const response = await route.fetch();
    const [here] = (await response.text()).split(">line 25<");
    await route.fulfill({ response, body: here });
  });
  await page.reload();
  await expect(chat.link(word)).toBeVisible();
  await expect(page.locator("article")).toHaveCount(2);
  await expect(page.getByText("line 2", { exact: true })).toBeHidden();
});
