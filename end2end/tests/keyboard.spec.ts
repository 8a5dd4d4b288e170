// The whole path without a mouse.
import type { Locator, Page } from "@playwright/test";

import { uniqueWord } from "./support/chat";
import { hangAfter } from "./support/sandbox";
import { expect, test } from "./support/test";

const STOPS_AT_MOST = 60;

/** Presses Tab until `target` has the focus, like somebody looking for it. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let stops = 0; stops < STOPS_AT_MOST; stops++) {
    if (await target.evaluate((element) => element === document.activeElement)) {
      return;
    }
    await page.keyboard.press("Tab");
  }
  await expect(target, `reached within ${STOPS_AT_MOST} tab stops`).toBeFocused();
}

test("the whole path can be walked with a keyboard alone", async ({ page, chat, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const word = uniqueWord();
  await page.goto("/");
  await tabTo(page, page.getByRole("button", { name: "Carol Chen" }));
  await page.keyboard.press("Enter");

  // The cursor is where one writes.
  await chat.ready();
  await page.keyboard.type(`echo: ${word}`);
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("second line");
  await page.keyboard.press("Enter");
  await chat.ended();
  await expect(chat.answerText).toHaveText(new RegExp(`${word}\\s+second line`));
  await expect(chat.message).toBeFocused();

  await page.keyboard.type("echo: follow-up");
  await page.keyboard.press("Enter");
  await expect(chat.questions).toHaveCount(2);
  await chat.ended();

  await tabTo(page, chat.answer.getByRole("button", { name: "Copy" }));
  await page.keyboard.press("Enter");
  await expect(chat.answer.getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("follow-up");

  await tabTo(page, chat.newChat);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Good to see you");
  await expect(chat.message).toBeFocused();

  await tabTo(page, chat.link(word));
  await page.keyboard.press("Enter");
  await expect(chat.answers).toHaveCount(2);

  await tabTo(page, chat.list.getByRole("link", { name: "Profile" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Carol Chen" })).toBeVisible();
  await tabTo(page, page.getByRole("button", { name: "Sign out" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "You are signed out" })).toBeVisible();
});

test("the first tab stop skips the list", async ({ page, chat }) => {
  await chat.open();
  await chat.askAndRead(`echo: ${uniqueWord()}`);
  await page.reload();
  await chat.ready();
  await chat.message.evaluate((element: HTMLElement) => element.blur());
  const skip = page.getByRole("link", { name: "Skip to the conversation" });
  await tabTo(page, skip);
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  const inMain = await page.getByRole("main").evaluate((main) => main.contains(document.activeElement));
  expect(inMain, "the next tab stop is in the conversation").toBe(true);
});

test("Escape stops the answer", async ({ page, chat }) => {
  const word = uniqueWord();
  await chat.open();
  await hangAfter(8, word);
  await chat.ask(`echo: ${word} one two three four five six seven eight nine ten`);
  await expect(chat.answerText).toContainText("one");
  await page.keyboard.press("Escape");
  await expect(chat.answer.getByRole("status")).toContainText("stopped");
});

test("who points at a conversation writes in it next, and who came by keys goes on in the list", async ({ page, chat }) => {
  const [one, other] = await chat.openTwo();
  await chat.link(one).click();
  await expect(chat.message).toBeFocused();
  await page.keyboard.type("and then");
  await expect(chat.message).toHaveValue("and then");
  await chat.link(other).focus();
  await page.keyboard.press("Enter");
  await expect(chat.answerText).toHaveText(other);
  await expect(chat.link(other)).toBeFocused();
});
