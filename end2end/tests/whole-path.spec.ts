// From opening the page to signing out.
import { Chat, numberedWords, uniqueWord } from "./support/chat";
import { pick, signIn } from "./support/people";
import { expect, test } from "./support/test";

test("a person opens the page, is signed in, asks, and reads the answer as it is written", async ({ page, chat }) => {
  await page.goto("/");
  // The provider's page, not one of ours.
  await expect(page).toHaveURL(/oauth2\/v2\.0\/authorize/);
  await pick(page, "Alice Archer");
  await expect(page).toHaveURL(/\/chat$/);
  await expect(page.getByRole("heading", { level: 1, name: "Good to see you, Alice." })).toBeVisible();

  const text = `${uniqueWord()} ${numberedWords(60)}`;
  await chat.ask(`echo: ${text}`);
  await expect(chat.message).toHaveValue("");
  // Its beginning can be read while the rest is still to come.
  await expect(chat.answerText).toContainText("n1 n2");
  await expect(chat.answer).toHaveAttribute("aria-busy", "true");
  await expect(chat.answerText).not.toContainText("n60");

  await chat.ended();
  await expect(chat.answerText).toHaveText(text);
});

test("a conversation is there after a reload", async ({ page, chat }) => {
  const word = uniqueWord();
  await chat.open();
  await chat.askAndRead(`echo: ${word} stays`);
  await page.reload();
  await expect(chat.questions).toContainText(`echo: ${word} stays`);
  await expect(chat.answerText).toHaveText(`${word} stays`);
});

test("a conversation is found again in the list, under the day of its last use", async ({ page, chat }) => {
  const [first, second] = [uniqueWord(), uniqueWord()];
  await chat.open();
  await chat.askAndRead(`echo: ${first}`);
  await chat.newChat.click();
  await expect(page).toHaveURL(/\/chat$/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Good to see you");
  await chat.askAndRead(`echo: ${second}`);

  await expect(chat.link(second)).toHaveAttribute("aria-current", "page");
  await expect(chat.list.getByRole("heading", { name: "Today" })).toBeVisible();
  await chat.link(first).click();
  await expect(chat.link(first)).toHaveAttribute("aria-current", "page");
  await expect(chat.answerText).toHaveText(first);
  await expect(chat.questions).toHaveCount(1);
});

test("the conversation used last comes first in the list", async ({ chat }) => {
  const [first, second] = [uniqueWord(), uniqueWord()];
  // Somebody whose list no other test changes at the same time.
  await chat.open("Frank Fuchs");
  await chat.askAndRead(`echo: ${first}`);
  await chat.newChat.click();
  await chat.askAndRead(`echo: ${second}`);
  await expect(chat.list.getByRole("listitem").first()).toContainText(second);
  await chat.link(first).click();
  await expect(chat.answerText).toHaveText(first);
  await chat.askAndRead("echo: once more");
  await expect(chat.list.getByRole("listitem").first()).toContainText(first);
});

test("a second question is answered in the same conversation", async ({ page, chat }) => {
  await chat.open();
  await chat.askAndRead(`echo: ${uniqueWord()} first`);
  const url = page.url();
  await chat.askAndRead("echo: second");
  expect(page.url()).toBe(url);
  await expect(chat.questions).toHaveCount(2);
  await expect(chat.answers).toHaveCount(2);
});

test("the browser's back button leads from a conversation to the one before", async ({ page, chat }) => {
  const [first, second] = await chat.openTwo();
  await chat.link(first).click();
  await expect(chat.answerText).toHaveText(first);
  await page.goBack();
  await expect(chat.answerText).toHaveText(second);
  await page.goForward();
  await expect(chat.answerText).toHaveText(first);
});

test("a link into the app survives the sign-in", async ({ page, chat, newBrowser }) => {
  const word = uniqueWord();
  await chat.open();
  await chat.askAndRead(`echo: ${word}`);
  const other = new Chat(await (await newBrowser()).newPage());
  await other.open("Alice Archer", new URL(page.url()).pathname);
  await expect(other.answerText).toHaveText(word);
});

test("somebody who is signed in at the provider sees no sign-in page", async ({ page, chat, context }) => {
  await chat.open();
  // An open page would notice that its session is gone.
  await page.goto("about:blank");
  await context.clearCookies({ name: "banter" });
  await page.goto("/profile");
  await expect(page).toHaveURL(/\/profile$/);
  await expect(page.getByRole("heading", { level: 1, name: "Alice Archer" })).toBeVisible();
});

test("signing out ends the session here and at the provider", async ({ page, chat, context }) => {
  await chat.open();
  const before = await context.cookies();
  await chat.list.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "You are signed out" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Sign in again" })).toBeVisible();

  // Here: the old cookie is worth nothing any more.
  await context.addCookies(before.filter(({ name }) => name === "banter"));
  const session = await page.request.get("/api/auth/session");
  expect(await session.json()).toEqual({});
  // There: the provider asks again who it is.
  await page.goto("/chat");
  await expect(page.getByRole("heading", { name: "Pick an account" })).toBeVisible();
});

test.describe("with a second page", () => {
  // The second page looks, and is right to.
  test.use({ expectedErrors: /status of 401 .*\/fn\/(viewer|news|conversations)/ });

  test("the one that is being signed out of does not look whether the session goes on", async ({ page, chat, context }) => {
    await chat.open();
    const second = await context.newPage();
    await second.goto("/chat");
    await new Chat(second).ready();
    let looks = 0;
    await page.route("**/api/auth/signout", async (route) => {
      page.on("request", (request) => {
        looks += request.url().endsWith("/fn/viewer") ? 1 : 0;
      });
      // The first page hears of the end, and tells the second.
      const told = second.waitForRequest("**/fn/viewer");
      const signedOut = await route.fetch({ maxRedirects: 0 });
      await told;
      await route.fulfill({ response: signedOut });
    });
    await chat.list.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "You are signed out" })).toBeVisible();
    expect(looks).toBe(0);
  });
});

test.describe("denied", () => {
  test.use({ expectedErrors: /status of 403/ });

  test("somebody in no allowed group is told so, and what to do about it", async ({ page }) => {
    await signIn(page, "Dave Dubois");
    await expect(page.getByRole("heading", { level: 1, name: "You do not have access to Banter yet" })).toBeVisible();
    await expect(page.getByText("in none of the groups that may use Banter")).toBeVisible();
    await expect(page.getByRole("definition").filter({ hasText: "Dave Dubois" })).toBeVisible();
    await expect(page.getByRole("definition").last()).toHaveText(/[0-9a-f]{4,}/);
    await page.getByRole("link", { name: "Use another account" }).click();
    await pick(page, "Alice Archer");
    await expect(page.getByRole("heading", { level: 1, name: "Good to see you, Alice." })).toBeVisible();
  });

  test("somebody in no allowed group gets no page by its address", async ({ page }) => {
    await signIn(page, "Dave Dubois");
    await expect(page.getByRole("heading", { level: 1 })).toContainText("do not have access");
    for (const path of ["/chat", "/profile"]) {
      const response = await page.goto(path);
      expect(response?.status(), path).toBe(403);
    }
    expect(await (await page.request.get("/api/auth/session")).json()).toEqual({});
  });
});

test("a sign-in that was cancelled can be begun again", async ({ page }) => {
  await page.goto("/chat");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "You cancelled the sign-in" })).toBeVisible();
  await page.getByRole("link", { name: "Try again" }).click();
  await pick(page, "Alice Archer");
  await expect(page).toHaveURL(/\/chat$/);
});

test("a member of very many groups is let in", async ({ page, chat }) => {
  await chat.open("Erin Eriksen");
  await page.goto("/profile");
  await expect(page.getByRole("heading", { name: /^Groups/ })).toContainText("260");
});
