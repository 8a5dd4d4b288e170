// What belongs to somebody else looks exactly like what does not exist.
import { Chat, uniqueWord } from "./support/chat";
import { signIn } from "./support/people";
import { expect, test } from "./support/test";

const NOWHERE = "/chat/01a1fc7b-0000-7000-8000-000000000000";

test.use({ expectedErrors: /status of 404/ });

test("a foreign conversation is the not-found page, for administrators, too", async ({ page, chat, newBrowser }) => {
  const word = uniqueWord();
  await chat.open("Alice Archer");
  await chat.askAndRead(`echo: ${word}`);

  const bob = await (await newBrowser()).newPage();
  await signIn(bob, "Bob Baker");
  await expect(bob.getByRole("heading", { level: 1 })).toContainText("Good to see you");
  const foreign = await bob.goto(page.url());
  expect(foreign?.status()).toBe(404);
  expect(await foreign?.text()).not.toContain(word);
  await expect(bob.getByRole("heading", { level: 1, name: "There is nothing here" })).toBeVisible();
  const seen = await bob.getByRole("main").ariaSnapshot();

  const missing = await bob.goto(NOWHERE);
  expect(missing?.status()).toBe(404);
  await expect(bob.getByRole("heading", { level: 1, name: "There is nothing here" })).toBeVisible();
  expect(await bob.getByRole("main").ariaSnapshot()).toBe(seen);
});

test("somebody with the same e-mail address is another person", async ({ page, chat, newBrowser }) => {
  const word = uniqueWord();
  await chat.open("Alice Archer");
  await chat.askAndRead(`echo: ${word}`);
  const frank = new Chat(await (await newBrowser()).newPage());
  await frank.open("Frank Fuchs");
  await expect(frank.link(word)).toHaveCount(0);
  expect((await frank.page.goto(page.url()))?.status()).toBe(404);
});

for (const path of ["/chat/nonsense", "/nowhere", "/chat/a/b"]) {
  test(`${path} is the not-found page and leads back to the chat`, async ({ page }) => {
    await signIn(page, "Alice Archer");
    const response = await page.goto(path);
    expect(response?.status()).toBe(404);
    await expect(page).toHaveTitle(/Not found/);
    await expect(page.getByRole("heading", { level: 1, name: "There is nothing here" })).toBeVisible();
    await page.getByRole("link", { name: "Start a new chat" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Good to see you");
  });
}

test("the photo of somebody else is not found", async ({ page, chat, newBrowser }) => {
  await chat.open("Alice Archer");
  const photo = await page.getByRole("img", { name: "Photo of Alice Archer" }).getAttribute("src");
  expect((await page.request.get(photo ?? "")).status()).toBe(200);
  const carol = await (await newBrowser()).newPage();
  await signIn(carol, "Carol Chen");
  await expect(carol.getByRole("img", { name: "Photo of Carol Chen" })).toBeVisible();
  expect((await carol.request.get(photo ?? "")).status()).toBe(404);
});
