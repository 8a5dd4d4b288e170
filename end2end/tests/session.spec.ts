// Sessions that end while somebody is at work, and the pages on which people see what is theirs.
import { expectAccessible } from "./support/axe";
import { uniqueWord, withoutCodeYet } from "./support/chat";
import { pick, signIn } from "./support/people";
import { expect, test } from "./support/test";

test.describe("over while the page is open", () => {
  test.use({ expectedErrors: /status of 401/ });

  test("a question asked after the session was over is sent once the provider has vouched again, unseen", async ({
    page,
    chat,
    context,
  }) => {
    const word = uniqueWord();
    await chat.open();
    await chat.askAndRead(`echo: ${word}`);
    const url = page.url();
    await context.clearCookies({ name: "banter" });
    await chat.message.fill(`echo: again ${word}`);
    await chat.send.click();
    await expect(chat.questions).toHaveCount(2);
    await expect(chat.questions.last()).toContainText(`again ${word}`);
    await expect(page).toHaveURL(url);
    await expect(chat.message).toHaveValue("");
  });

  test("it is sent after an interactive sign-in, too, and once", async ({ page, chat, context }) => {
    const word = uniqueWord();
    await chat.open();
    await chat.askAndRead(`echo: ${word}`);
    const url = page.url();

    const elsewhere = await context.newPage();
    await elsewhere.goto("/profile");
    await elsewhere.getByRole("button", { name: "Sign out" }).click();
    await expect(elsewhere.getByRole("heading", { name: "You are signed out" })).toBeVisible();
    await elsewhere.close();

    await chat.message.fill(`echo: not lost ${word}`);
    await chat.send.click();
    await pick(page, "Alice Archer");
    await expect(page).toHaveURL(url);
    await expect(chat.questions).toHaveCount(2);
    await chat.ended();
    await page.reload();
    await chat.ready();
    await expect(chat.questions).toHaveCount(2);
    await expect(chat.message).toHaveValue("");
  });

  test("what somebody else had typed is neither shown nor sent", async ({ page, chat, context }) => {
    await chat.open();
    await chat.message.fill("for nobody else's eyes");
    await context.clearCookies();
    await chat.send.click();
    await pick(page, "Bob Baker");
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Good to see you, Bob");
    await chat.ready();
    await expect(chat.message).toHaveValue("");
    await expect(chat.questions).toHaveCount(0);
  });

  test("a page notices that its session ended elsewhere and says so", async ({ page, chat, context }) => {
    const word = uniqueWord();
    await chat.open();
    await chat.askAndRead(`echo: ${word}`);
    await chat.message.fill("half a thought");
    // Forms of other kinds were used before.
    await page.getByRole("button", { name: "Keys" }).click();
    await page.getByRole("dialog", { name: "Keys" }).getByRole("button", { name: "Close" }).click();
    const elsewhere = await context.newPage();
    await elsewhere.goto("/profile");
    await elsewhere.getByRole("button", { name: "Sign out" }).click();
    await expect(elsewhere.getByRole("heading", { name: "You are signed out" })).toBeVisible();
    await elsewhere.close();

    const askedFor: string[] = [];
    page.on("request", (request) => {
      if (request.url().includes("/fn/")) askedFor.push(new URL(request.url()).pathname);
    });
    await page.evaluate(() => window.dispatchEvent(new Event("focus")));
    await expect(chat.trouble).toContainText(/signed out/i);
    await expect(page.getByText(word).filter({ visible: true }), "nobody else reads it here").toHaveCount(0);
    await expect(chat.link(word), "nor what it was about").toHaveCount(0);
    await expect(page, "also to whoever only sees the tabs").toHaveTitle("You are signed out · Banter");
    await page.keyboard.press("Control+k");
    await expect(page.getByRole("option", { name: "New chat" })).toBeVisible();
    await expect(page.getByRole("option", { name: word })).toHaveCount(0);
    await page.keyboard.press("Escape");
    await expect(chat.message).toHaveValue("half a thought");
    expect(askedFor.filter((path) => path !== "/fn/viewer"), "nothing that nobody may ask for").toEqual([]);
    await chat.trouble.getByRole("link", { name: "Sign in again" }).click();
    await pick(page, "Alice Archer");
    await chat.ready();
    await expect(chat.message).toHaveValue("half a thought");
  });
});

test("the profile says which roles one has and why", async ({ page }) => {
  await signIn(page, "Bob Baker", "/profile");
  const roles = page.locator(".roles li");
  await expect(roles.filter({ hasText: "Administrator" })).toContainText("By the group Chat administrators.");
  await page.getByRole("link", { name: "Administration" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Administration" })).toBeVisible();
});

// His sessions end, and what is written in one of them shows in the others.
test.describe("Frank", () => {
  test.describe.configure({ mode: "serial" });

  test("what was written elsewhere is in the box before the page's code runs, and once it is sent it is gone", async ({ page, chat }) => {
    const word = uniqueWord();
    await chat.open("Frank Fuchs");
    const kept = page.waitForResponse((response) => response.url().includes("/fn/keep_draft"));
    await chat.message.fill(`echo: ${word}`);
    await kept;
    // As in another tab, which has nothing of its own.
    await page.evaluate(() => sessionStorage.clear());
    const letRun = await withoutCodeYet(page);
    await page.reload();
    await expect(chat.message).toHaveValue(`echo: ${word}`);
    letRun();
    await chat.ready();
    await chat.send.click();
    await expect(chat.answerText).toHaveText(word);
    await chat.newChat.click();
    await expect(page).toHaveURL(/\/chat$/);
    await expect(chat.message).toHaveValue("");
  });

  test("an administrator finds somebody and ends their sessions", async ({ page, browser, baseURL }) => {
    const other = await browser.newContext({ baseURL });
    await signIn(await other.newPage(), "Frank Fuchs", "/profile");
    await signIn(page, "Bob Baker", "/admin");
    await page.getByRole("searchbox", { name: "Search people" }).fill("frank");
    await page.getByRole("button", { name: "Search" }).click();
    const row = page.getByRole("row").filter({ hasText: "Frank Fuchs" }).first();
    const end = row.getByRole("button", { name: "End all sessions: Frank Fuchs" });
    const asked = page.getByRole("dialog", { name: "End all sessions: Frank Fuchs" });
    await end.click();
    await expect(asked).toContainText("temporary chats are gone");
    await expectAccessible(page, "asked before sessions are ended");
    await page.keyboard.press("Escape");
    await expect(asked).toBeHidden();
    await end.click();
    await asked.getByRole("button", { name: "Yes, do it" }).click();
    await expect(row.getByRole("button")).toHaveCount(0);
    expect(await (await other.request.get("/api/auth/session")).json()).toEqual({});
    await other.close();
  });
});

test("the administration page can be used by everybody who may see it", async ({ page }) => {
  await signIn(page, "Bob Baker", "/admin");
  await expectAccessible(page, "administration");
});
