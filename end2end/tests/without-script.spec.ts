// Before any WebAssembly runs, or without it at all: pages are complete, and asking is a plain form.
import { Chat, numberedWords, uniqueWord } from "./support/chat";
import { pick } from "./support/people";
import { hangAfter } from "./support/sandbox";
import { expect, test } from "./support/test";

// Chromium cancels the preload of a module that it will not run.
test.use({ expectedErrors: /^request failed: csp .*\.js\)$/ });

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });

  test("a conversation can be read and gone on with", async ({ page, chat }) => {
    const word = uniqueWord();
    await page.goto("/chat");
    await pick(page, "Bob Baker");
    await chat.message.fill(`echo: ${word} *first*`);
    await chat.send.click();
    await expect(page).toHaveURL(/\/chat\/[^/?]+$/);
    await expect(chat.questions).toContainText(`echo: ${word} *first*`);
    await expect(async () => {
      await page.reload();
      await expect(chat.answer).not.toHaveAttribute("aria-busy", "true", { timeout: 500 });
    }).toPass();
    await expect(chat.answer.getByRole("emphasis")).toHaveText("first");

    await chat.message.fill("echo: second");
    await chat.send.click();
    await expect(chat.questions).toHaveCount(2);
    await expect(chat.link(word)).toHaveAttribute("aria-current", "page");
  });

  test("an answer that is still being written says how to read on", async ({ page, chat }) => {
    const word = uniqueWord();
    await hangAfter(6, word);
    await page.goto("/chat");
    await pick(page, "Bob Baker");
    await chat.message.fill(`echo: ${word} ${numberedWords(20)}`);
    await chat.send.click();
    await expect(chat.answer).toHaveAttribute("aria-busy", "true");
    await expect(chat.answer.getByText("still being written. Reload the page")).toBeVisible();
    // Nothing to do but stop it, which is a plain form, too.
    await chat.stop.click();
    await expect(async () => {
      await page.reload();
      await expect(chat.answer.getByRole("status")).toContainText("stopped", { timeout: 500 });
    }).toPass();
  });

  test("a question of blanks is refused with a sentence", async ({ page, chat }) => {
    await page.goto("/chat");
    await pick(page, "Bob Baker");
    await chat.message.fill("   ");
    await chat.send.click();
    await expect(chat.trouble).toContainText(/question/i);
    await expect(chat.message).toBeVisible();
  });

  test("the profile can be read", async ({ page }) => {
    await page.goto("/profile");
    await pick(page, "Bob Baker");
    await expect(page.getByRole("heading", { level: 1, name: "Bob Baker" })).toBeVisible();
    await expect(page.getByRole("listitem").filter({ hasText: /^Administrator/ })).toBeVisible();
  });

  test("signing out works", async ({ page, chat }) => {
    await page.goto("/chat");
    await pick(page, "Bob Baker");
    await chat.list.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "You are signed out" })).toBeVisible();
  });
});

test("a page with a conversation is complete before its code runs", async ({ page, chat, context, newBrowser }) => {
  const word = uniqueWord();
  await chat.open();
  await chat.askAndRead(`echo: # ${word}\n\n- one\n- two`);

  const plain = await newBrowser({ javaScriptEnabled: false });
  await plain.addCookies(await context.cookies());
  const read = new Chat(await plain.newPage());
  const response = await read.page.goto(page.url());
  expect(response?.headers()["content-type"]).toContain("text/html");
  await expect(read.page).toHaveTitle(new RegExp(word));
  await expect(read.questions).toContainText(word);
  await expect(read.answer.getByRole("heading", { name: word })).toBeVisible();
  await expect(read.answer.getByRole("listitem")).toHaveText(["one", "two"]);
  await expect(read.link(word)).toHaveAttribute("aria-current", "page");
  await expect(read.message).toBeVisible();
  // What would do nothing is not there.
  await expect(read.answer.getByRole("button", { name: "Copy" })).toBeHidden();
});

test("a page is complete however often it is asked for, the first time after a change included", async ({ page, chat }) => {
  const incomplete: string[] = [];
  await chat.open();
  for (let round = 0; round < 6; round++) {
    const word = uniqueWord();
    await chat.askAndRead(`echo: ${word}`);
    const responses = await Promise.all(Array.from({ length: 10 }, () => page.request.get(page.url())));
    for (const response of responses) {
      const html = await response.text();
      // Both belong to loading in the browser.
      const loading = /<main[^>]* aria-busy|class="bones/.test(html);
      if (response.status() !== 200 || loading || !html.includes(`<p>${word}</p>`)) {
        incomplete.push(`${response.status()}${loading ? ", loading" : ""}`);
      }
    }
  }
  expect(incomplete).toEqual([]);
});

test("a conversation is shown also where somebody takes the page's scripts away", async ({ page, chat }) => {
  const word = uniqueWord();
  await chat.open();
  await chat.askAndRead(`echo: ${word}`);
  await page.route("**/chat/*", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replace(/<script[^]*?<\/script>/g, "") });
  });
  await page.reload();
  await expect(chat.answerText).toHaveText(word, { timeout: 20_000 });
  await expect(chat.answerText).toBeVisible();
});
