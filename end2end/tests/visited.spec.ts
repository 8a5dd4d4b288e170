// Going from conversation to conversation: what was seen is there at once, and still is what the server has.
import type { Page, Response } from "@playwright/test";

import { Chat, numberedWords, uniqueWord } from "./support/chat";
import { expect, test } from "./support/test";

// One after the other, with a person to themselves: what others ask meanwhile would move the list under the pointer.
test.describe.configure({ mode: "default" });
const ERIN = "Erin Eriksen";

/** The answers to a page that asks for a conversation, as the server gives them. */
function opened(page: Page): Response[] {
  const answers: Response[] = [];
  page.on("response", (response) => {
    if (response.url().includes("/fn/open?")) {
      answers.push(response);
    }
  });
  return answers;
}

test("going back to a visited conversation asks for none of its messages", async ({ page, chat }) => {
  const [one, other] = await chat.openTwo(ERIN);
  const answers = opened(page);
  await chat.link(one).click();
  await expect(chat.answerText).toHaveText(one);
  await expect(page).toHaveTitle(`echo: ${one} · Banter`);
  await page.goBack();
  await expect(chat.answerText).toHaveText(other);
  await page.goForward();
  await expect(chat.answerText).toHaveText(one);
  await expect.poll(() => answers.length).toBe(3);
  const texts = await Promise.all(answers.map((answer) => answer.text()));
  expect(texts, "the server has nothing newer").toEqual(["null", "null", "null"]);
  await chat.askAndRead(`echo: still ${one}`);
  await expect(chat.answers).toHaveCount(2);
});

test("what was changed elsewhere meanwhile shows", async ({ page, chat, newBrowser }) => {
  const [one, other] = await chat.openTwo(ERIN);
  const phone = new Chat(await (await newBrowser()).newPage());
  await chat.link(one).click();
  await phone.open(ERIN, new URL(page.url()).pathname);
  await chat.link(other).click();
  await expect(chat.answerText).toHaveText(other);
  await phone.askAndRead("echo: from the phone");
  await chat.link(one).click();
  await expect(chat.answers).toHaveCount(2);
  await expect(chat.answerText).toHaveText("from the phone");
});

test("an answer goes on that was being written when its conversation was left", async ({ page, chat }) => {
  const [one, other] = await chat.openTwo(ERIN);
  await chat.link(one).click();
  await chat.ask(`echo: ${numberedWords(150)}`);
  await expect(chat.answer).toContainText("n2");
  await chat.link(other).click();
  await expect(chat.answerText).toHaveText(other);
  await page.goBack();
  await chat.ended();
  await expect(chat.answerText).toHaveText(numberedWords(150));
  await expect(chat.questions).toHaveCount(2);
});

test("its reader is where they were", async ({ page, chat }) => {
  const word = uniqueWord();
  const lines = Array.from({ length: 120 }, (_, n) => `line ${n}`).join("\n\n");
  await chat.open(ERIN);
  await chat.askAndRead(`echo: ${word} ${lines}`);
  await chat.askAndRead(`echo: ${lines}`);
  await chat.log.evaluate((log) => log.scrollTo(0, 700));
  await expect(page.getByRole("button", { name: "Jump to latest" })).toBeVisible();
  const place = (): Promise<number> => chat.log.evaluate((log) => log.scrollTop);
  const before = await place();
  await chat.newChat.click();
  await expect(chat.log).toHaveCount(0);
  await chat.link(word).click();
  await expect(chat.answers).toHaveCount(2);
  await expect.poll(async () => Math.abs((await place()) - before)).toBeLessThan(3);
  await expect(page.getByRole("button", { name: "Jump to latest" })).toBeVisible();
});

test("all of a long conversation is there again, in order, also when it was left in passing", async ({ page, chat }) => {
  test.slow();
  const words = Array.from({ length: 8 }, () => uniqueWord());
  await chat.open(ERIN);
  for (const word of words) {
    await chat.askAndRead(`echo: ${word}`);
  }
  const isWhole = async (): Promise<void> => {
    await expect(chat.questions).toContainText(words);
    await expect(page.locator("article[hidden]"), "what was not seen when it was left").toHaveCount(0);
    await expect(page.locator(".log"), "nothing is left of what was left").toHaveCount(1);
  };
  await chat.newChat.click();
  await expect(chat.log).toHaveCount(0);
  await chat.link(words[0]).click();
  await isWhole();
  await expect(chat.questions.last()).toBeInViewport();

  // There, away, and there again, as fast as it can be drawn: before its end is laid out anew, between that and what is
  // above it, and behind both.
  for (const frames of [1, 2, 3]) {
    const moves = await page.evaluate(async ({ title, frames }) => {
      const link = [...document.querySelectorAll<HTMLElement>(".days a")].find((one) => one.title.includes(title));
      const other = document.querySelector<HTMLElement>("nav a[href='/chat']");
      let moves = 0;
      for (const to of [other, link, other, link]) {
        to?.click();
        moves += to ? 1 : 0;
        for (let frame = 0; frame < frames; frame += 1) {
          await new Promise(requestAnimationFrame);
        }
      }
      return moves;
    }, { title: words[0], frames });
    expect(moves).toBe(4);
    await isWhole();
  }
});

test("a window that has room for more than the end of a conversation is filled at once", async ({ page, chat }) => {
  test.slow();
  const word = uniqueWord();
  await chat.open(ERIN);
  // Each another one: who waits for a question like the last one waits for nothing.
  for (let asked = 0; asked < 8; asked += 1) {
    await chat.askAndRead(`echo: ${word} ${asked}`);
  }
  await page.setViewportSize({ width: 1280, height: 2400 });
  // A document that has nothing of it yet.
  await page.goto("/chat");
  await expect(chat.message).toBeFocused();
  const shown = await page.evaluate(async (word) => {
    const messages = (): number => document.querySelectorAll(".log article").length;
    [...document.querySelectorAll<HTMLElement>(".days a")].find((one) => one.title.includes(word))?.click();
    // In the first frame in which there are any.
    while (messages() === 0) {
      await new Promise(requestAnimationFrame);
    }
    return messages();
  }, word);
  expect(shown).toBe(16);
  await expect(chat.questions.last()).toBeInViewport();
});

test("what was written and not sent is in its box again", async ({ chat }) => {
  const [one, other] = await chat.openTwo(ERIN);
  await chat.message.fill("half a thought");
  await chat.link(one).click();
  await expect(chat.message).toHaveValue("");
  await chat.link(other).click();
  await expect(chat.message).toHaveValue("half a thought");
});

test("a link that is pointed at is followed without waiting, and pointing uses no session", async ({ page, chat }) => {
  const [one] = await chat.openTwo(ERIN);
  await page.reload();
  await chat.ready();
  const fetched = page.waitForResponse((response) => response.url().includes("/fn/open?"));
  await chat.link(one).hover();
  expect((await fetched).url()).toContain("idle=true");
  const answers = opened(page);
  await chat.link(one).click();
  await expect(chat.answerText).toHaveText(one);
  await expect.poll(() => answers.length).toBe(1);
  expect(answers[0].url()).not.toContain("idle");
  expect(await answers[0].text(), "it is there already").toBe("null");
});

test("what a model says stays text when its conversation is fetched later", async ({ page, chat }) => {
  const word = uniqueWord();
  await chat.open(ERIN);
  await chat.askAndRead(`hostile ${word}`);
  const said = await chat.answer.locator(".md").innerText();
  await page.goto("/chat");
  await chat.ready();
  await chat.link(word).click();
  await expect(chat.answers).toHaveCount(1);
  expect(await chat.answer.locator(".md").innerText()).toBe(said);
  expect(said).toContain("<script");
  await expect(chat.log.locator("script, img, iframe, object, [onerror], [onclick], [style]")).toHaveCount(0);
});

test.describe("deleted elsewhere", () => {
  test.use({ expectedErrors: /status of 404/ });

  test("a conversation that is looked at says so, and can be had back", async ({ page, chat, context }) => {
    const word = uniqueWord();
    await chat.open(ERIN);
    await chat.askAndRead(`echo: ${word}`);
    const other = new Chat(await context.newPage());
    await other.page.goto("/chat");
    await other.ready();
    await other.option(word, "Delete");
    await expect(page.getByRole("status").filter({ hasText: "This conversation was deleted." })).toBeVisible();
    await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
    await expect(chat.questions).toHaveCount(0);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(chat.answerText).toHaveText(word);
  });

  test("one that was visited is not shown again", async ({ page, chat, context }) => {
    const [one, other] = await chat.openTwo(ERIN);
    await chat.link(one).click();
    await expect(chat.answerText).toHaveText(one);
    const elsewhere = new Chat(await context.newPage());
    await elsewhere.page.goto("/chat");
    await elsewhere.ready();
    await elsewhere.option(other, "Delete");
    await expect(chat.link(other)).toHaveCount(0);
    await page.goBack();
    await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
    await expect(chat.questions).toHaveCount(0);
  });
});

test.describe("signed out", () => {
  test.use({ expectedErrors: /status of 401/ });

  test("nothing that was visited is shown any more", async ({ page, chat, context }) => {
    const [one] = await chat.openTwo(ERIN);
    const elsewhere = await context.newPage();
    await elsewhere.goto("/profile");
    await elsewhere.getByRole("button", { name: "Sign out" }).click();
    await expect(elsewhere.getByRole("heading", { name: "You are signed out" })).toBeVisible();
    await expect(chat.trouble, "without being looked at").toContainText(/signed out/i);
    await expect(chat.link(one)).toHaveCount(0);
    await expect(chat.questions).toHaveCount(0);
    await page.goBack();
    await expect(chat.questions).toHaveCount(0);
  });
});
