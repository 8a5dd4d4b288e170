// Languages: which one a page is in, and changing it without losing anything. Grace's profile prefers German; what she
// chooses counts in all of her browsers, so these tests run one after the other, and nobody else is Grace meanwhile.
import type { Locator, Page } from "@playwright/test";

import { expectAccessible } from "./support/axe";
import { Chat, numberedWords, uniqueWord } from "./support/chat";
import { signIn } from "./support/people";
import { hangAfter, order } from "./support/sandbox";
import { expect, test } from "./support/test";

test.describe.configure({ mode: "serial" });

const GRACE = "Grace Gómez-Núñez";

/** What a page says to those who see it and to those who hear it, except what somebody wrote or an answer says, and
 *  what was announced before. */
async function said(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const theirs = ".bar h1, .unseen, .md p, .md td, .you > div, .days a, .who, time, kbd, option, dd, code, .mark, td, script, style, .groups li, .person h1, .person p, .roles b";
    const ours = (node: Element): boolean => node.closest(theirs) === null;
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.parentElement && ours(node.parentElement)) {
        found.push(node.textContent ?? "");
      }
    }
    for (const element of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]")) {
      if (ours(element)) {
        found.push(...["aria-label", "title", "placeholder", "alt"].map((name) => element.getAttribute(name) ?? ""));
      }
    }
    return [...new Set(found.map((text) => text.trim()).filter((text) => /\p{L}{2}/u.test(text)))];
  });
}

/** Opens `path` as Grace, who has chosen `choice`. */
async function open(page: Page, choice: "auto" | "en" | "de" | "fr", path = "/chat"): Promise<void> {
  await signIn(page, GRACE, path);
  const headers = { origin: new URL(page.url()).origin };
  await page.request.post("/fn/language", { form: { language: choice }, headers });
  await page.goto(path);
}

/** Chooses by the palette, as with a keyboard. */
async function choose(page: Page, language: string): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.locator("#palette input").fill(language);
  await page.getByRole("option", { name: new RegExp(language) }).click();
}

const lang = (page: Page): Locator => page.locator("html");

test("keys are named as they are on the language's keyboards", async ({ page }) => {
  await open(page, "de");
  await page.getByRole("button", { name: "Tasten" }).click();
  const keys = page.getByRole("dialog", { name: "Tasten" });
  await expect(keys).toContainText("Frage sendenEingabe");
  await expect(keys).toContainText("StrgK");
  await page.keyboard.press("Escape");
  await choose(page, "English");
  await page.getByRole("button", { name: "Keys" }).click();
  await expect(page.getByRole("dialog", { name: "Keys" })).toContainText("CtrlK");
});

test("the directory's language comes before the browser's, and one's own before both", async ({ page }) => {
  await open(page, "auto", "/profile");
  await expect(lang(page)).toHaveAttribute("lang", "de");
  await expect(page).toHaveTitle("Profil · Banter");
  await page.getByRole("combobox", { name: "Sprache" }).focus();
  await page.getByRole("combobox", { name: "Sprache" }).selectOption({ label: "Français" });
  await expect(lang(page)).toHaveAttribute("lang", "fr");
  const chooser = page.getByRole("combobox", { name: "Langue" });
  await expect(chooser).toBeFocused();
  await expect(page).toHaveTitle("Profil · Banter");
  await expect(page.getByRole("heading", { name: "Rôles" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Se déconnecter" })).toBeVisible();
  await expectAccessible(page, "the profile in French");
  await page.reload();
  await expect(lang(page)).toHaveAttribute("lang", "fr");
  await chooser.selectOption("auto");
  await expect(lang(page)).toHaveAttribute("lang", "de");
});

test("changing the language keeps the draft, the stream, the place and the dialog", async ({ page }) => {
  const word = uniqueWord();
  await hangAfter(60, word);
  await open(page, "de");
  const box = page.locator("#message");
  await box.fill(`echo: ${word} ${numberedWords(400)}`);
  await page.getByRole("button", { name: "Senden" }).click();
  const answer = page.getByRole("article", { name: /^gpt-/ });
  await expect(answer).toContainText("n20");
  await box.fill("half a thought");
  const log = page.locator(".log");
  await log.evaluate((element) => element.scrollTo(0, 40));
  const before = await log.evaluate((element) => element.scrollTop);
  await page.evaluate(() => Object.assign(globalThis, { stayed: true }));

  await choose(page, "English");
  await expect(lang(page)).toHaveAttribute("lang", "en");
  const chat = new Chat(page);
  await expect(chat.stop).toBeVisible();
  await expect(chat.answer).toHaveAttribute("aria-busy", "true");
  await expect(chat.message).toHaveValue("half a thought");
  await expect(chat.questions).toContainText(word);
  expect(await log.evaluate((element) => element.scrollTop)).toBe(before);
  expect(await page.evaluate(() => "stayed" in globalThis), "the document is the same").toBe(true);
  await chat.stop.click();
  await chat.ended();
  await expect(chat.answer.getByRole("status")).toContainText("You stopped this answer.");
  await expectAccessible(page, "the chat after changing the language");
});

test("nothing of another language is left on the page", async ({ page }) => {
  await open(page, "en");
  const chat = new Chat(page);
  await chat.ready();
  await chat.askAndRead("echo: ```sql\nselect 1\n```\n\n- [x] a\n\n| a |\n| - |\n| b |");
  await page.reload();
  await chat.ready();
  // Both kinds of messages: as the server wrote them, and as the browser did.
  await chat.askAndRead("echo: word");
  const english = await said(page);
  for (const [language, tag, copy] of [["Deutsch", "de", "Kopieren"], ["Français", "fr", "Copier"]] as const) {
    await choose(page, language);
    await expect(lang(page)).toHaveAttribute("lang", tag);
    await expect(page.locator(".log .it").last().locator("[data-action=copy]")).toHaveText(copy);
    const now = await said(page);
    // Words that are the same in both languages, and names.
    const same = /^(Banter|gpt-\S+|Grace.*|SQL|Code|Code, sql|Conversations?|Options|Suggestions|Message|System|Chat|\d.*|Palette)$/;
    expect(now.filter((text) => english.includes(text) && !same.test(text))).toEqual([]);
    await page.reload();
    await expect(page.locator("#message")).toBeFocused();
    const afresh = await said(page);
    expect(now.filter((text) => !afresh.includes(text)), "as the server would write it").toEqual([]);
  }
});

// Whose sessions end here has to be nobody in another test.
test("one sees one's sessions and ends the others", async ({ page, browser, baseURL }) => {
  const other = await browser.newContext({ baseURL });
  await signIn(await other.newPage(), GRACE, "/profile");
  await open(page, "de", "/profile");
  const sessions = page.locator(".sessions li");
  await expect(sessions.filter({ hasText: "Diese Sitzung" })).toHaveCount(1);
  await expect(sessions.filter({ hasText: /Chrome auf/ }).first()).toBeVisible();
  await page.getByRole("button", { name: "Alle anderen Sitzungen beenden" }).click();
  await expect(sessions).toHaveCount(1);
  const gone = await other.request.get("/api/auth/session");
  expect(await gone.json()).toEqual({});
  await other.close();
});

test.describe("a sign-in that the provider refuses", () => {
  test.use({ expectedErrors: /status of 403/, locale: "de-DE" });

  test("is explained with its code, in the browser's language", async ({ page }) => {
    const match = { persona: "Grace" };
    await order({ service: "entra", kind: "authorize_error", error: "access_denied", code: 50105, times: 1, match });
    await signIn(page, GRACE);
    await expect(page.getByRole("heading", { level: 1, name: "Sie konnten nicht angemeldet werden" })).toBeVisible();
    await expect(page.getByRole("definition").filter({ hasText: "50105" })).toBeVisible();
    await page.getByRole("link", { name: "Noch einmal versuchen" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Grace");
  });
});

test.describe("a browser that asks for German", () => {
  test.use({ locale: "de-DE" });

  test("gets it before anybody signs in, and numbers and times of the reader's", async ({ page }) => {
    await page.goto("/signed-out");
    await expect(page.getByRole("heading", { level: 1, name: "Sie sind abgemeldet" })).toBeVisible();
    await expectAccessible(page, "the page after signing out, in German");
    await signIn(page, "Carol Chen", "/profile");
    await expect(page.locator(".sessions time").first()).toHaveText(/^\d+\. \p{L}+ \d{4}, \d\d:\d\d$/u);
  });
});
