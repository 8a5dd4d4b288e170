// Without a network, or what the browser takes for that: what waits, what stays, and what goes on when it is back.
import { uniqueWord } from "./support/chat";
import { expect, test } from "./support/test";

test.describe("without a way to the server", () => {
  test.use({ expectedErrors: /ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_RESET/ });

  test("a question that cannot be sent waits and is sent once when the way is back", async ({ chat, context, page }) => {
    const word = uniqueWord();
    await chat.open("Carol Chen");
    await chat.askAndRead(`echo: ${word}`);
    await context.setOffline(true);
    await chat.message.fill("echo: later");
    await chat.send.click();
    await expect(page.getByRole("alert")).toContainText("sent by itself");
    await expect(chat.message).toHaveValue("echo: later");
    await context.setOffline(false);
    await expect(chat.questions).toHaveCount(2);
    await chat.ended();
    await expect(chat.answerText).toHaveText("later");
    await page.reload();
    await expect(chat.questions).toHaveCount(2);
  });

  test("a question whose response got lost is asked and answered once", async ({ chat, page }) => {
    const word = uniqueWord();
    await chat.open("Carol Chen");
    await page.route("**/fn/ask_and_read", async (route) => {
      await route.fetch();
      await route.abort("connectionreset");
    }, { times: 1 });
    await chat.ask(`echo: ${word}`);
    await chat.ended();
    await expect(chat.answerText).toHaveText(word);
    await page.reload();
    await expect(chat.questions).toHaveCount(1);
    await expect(chat.answerText).toHaveText(word);
  });

  test("a page that cannot be fetched is not left for", async ({ chat, context, page }) => {
    await chat.open("Carol Chen");
    await context.setOffline(true);
    await chat.list.getByRole("link", { name: "Profile" }).click();
    await expect(page.locator(".toasts")).toContainText("cannot be reached");
    await expect(chat.message).toBeVisible();
    await context.setOffline(false);
    await chat.list.getByRole("link", { name: "Profile" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Carol Chen" })).toBeVisible();
  });
});

test("a page that can be fetched is left for, whatever the browser says of its network", async ({ chat, page }) => {
  await page.addInitScript(() => Object.defineProperty(navigator, "onLine", { value: false }));
  await chat.open("Carol Chen");
  await chat.list.getByRole("link", { name: "Profile" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Carol Chen" })).toBeVisible();
});
