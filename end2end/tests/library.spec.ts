// Conversations as their owner keeps them: found, named, filed, thrown away and had back; the same in every tab.
import { Chat, uniqueWord } from "./support/chat";
import { expect, test } from "./support/test";

test("a conversation is renamed in its place", async ({ page, chat }) => {
  const word = uniqueWord();
  await chat.open("Carol Chen");
  await chat.askAndRead(`echo: ${word}`);
  await chat.option(word, "Rename");
  const title = chat.list.getByRole("textbox", { name: "Title" });
  await expect(title).toBeFocused();
  await title.fill(`Loans ${word}`);
  await title.press("Enter");
  await expect(chat.link(`Loans ${word}`)).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: `Loans ${word}` })).toBeVisible();
  await expect(page).toHaveTitle(`Loans ${word} · Banter`);
});

test("Escape leaves the name as it was", async ({ chat }) => {
  const word = uniqueWord();
  await chat.open("Carol Chen");
  await chat.askAndRead(`echo: ${word}`);
  await chat.option(word, "Rename");
  const title = chat.list.getByRole("textbox", { name: "Title" });
  await title.fill("something else");
  await title.press("Escape");
  await expect(title).toHaveCount(0);
  await expect(chat.link(word)).toBeVisible();
});

test("whoever works with the keyboard goes on at the row that was changed", async ({ page, chat }) => {
  const word = uniqueWord();
  await chat.open("Carol Chen");
  await chat.askAndRead(`echo: ${word}`);
  const options = chat.list.getByRole("listitem").filter({ hasText: word }).getByRole("button", { name: "Options" });
  for (const key of ["Enter", "Escape"]) {
    await chat.option(word, "Rename");
    const title = chat.list.getByRole("textbox", { name: "Title" });
    await title.fill(`${word} ${key}`);
    await title.press(key);
    await expect(options, key).toBeFocused();
  }
  await chat.option(word, "Pin");
  await expect(options, "in its new place").toBeFocused();
  await chat.option(word, "Delete");
  await expect(chat.link(word)).toHaveCount(0);
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName), "somewhere").not.toBe("BODY");
  await page.getByRole("button", { name: "Undo" }).press("Enter");
  await expect(chat.link(word)).toBeVisible();
  await expect(chat.message).toBeFocused();
});

test("a deleted conversation is gone and can be had back", async ({ page, chat }) => {
  const word = uniqueWord();
  await chat.open("Carol Chen");
  await chat.askAndRead(`echo: ${word}`);
  await chat.option(word, "Delete");
  await expect(chat.link(word)).toHaveCount(0);
  await expect(page).toHaveURL(/\/chat$/);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(chat.questions, "what was looked at is looked at again").toHaveText(new RegExp(word));
  await expect(chat.answers).toHaveCount(1);
});

test("pinned conversations stand first, archived ones apart", async ({ chat }) => {
  const [pinned, archived] = [uniqueWord(), uniqueWord()];
  await chat.open("Carol Chen");
  await chat.askAndRead(`echo: ${pinned}`);
  await chat.newChat.click();
  await chat.askAndRead(`echo: ${archived}`);
  await chat.option(pinned, "Pin");
  await expect(chat.list.getByRole("heading", { name: "Pinned" })).toBeVisible();
  await chat.option(archived, "Archive");
  await expect(chat.link(archived)).toHaveCount(0);
  await chat.list.getByRole("button", { name: "Archived" }).click();
  await expect(chat.link(archived)).toBeVisible();
  await chat.option(archived, "Unarchive");
  await chat.option(pinned, "Unpin");
  await expect(chat.link(archived)).toBeVisible();
});

test("conversations are filed in folders", async ({ chat }) => {
  const [word, folder] = [uniqueWord(), uniqueWord()];
  await chat.open("Carol Chen");
  await chat.askAndRead(`echo: ${word}`);
  await chat.option(word, "Move to folder");
  await expect(chat.list.locator(".rename"), "which conversation it is about").toContainText(word);
  const name = chat.list.getByRole("combobox", { name: "Folder" });
  await name.fill(folder);
  await name.press("Enter");
  await expect(chat.link(word)).toHaveCount(0);
  const heading = chat.list.getByRole("button", { name: folder });
  await heading.click();
  await expect(heading).toHaveAttribute("aria-expanded", "true");
  await expect(chat.link(word)).toBeVisible();
});

test("a search finds what was said and leads to it", async ({ page, chat }) => {
  const [title, said] = [uniqueWord(), uniqueWord()];
  await chat.open("Carol Chen");
  await chat.askAndRead(`echo: ${title}`);
  await chat.askAndRead(`echo: the word is ${said} indeed`);
  await chat.newChat.click();
  await chat.search.fill(said.slice(0, 6));
  const found = chat.list.getByRole("link", { name: title });
  await expect(found.locator("mark").first()).toHaveText(said);
  await found.click();
  await expect(chat.answers).toHaveCount(2);
  await expect(page.locator(".pointed-out")).toContainText(said);
  await chat.search.fill("nothing-has-this-in-it");
  await expect(chat.list.getByRole("status")).toContainText("Nothing found");
  await chat.search.fill("");
  await expect(chat.link(title)).toBeVisible();
});

test("a search leads from one conversation to what was said in another one, and chooses nothing there", async ({ page, chat }) => {
  const [title, other, said] = [uniqueWord(), uniqueWord(), uniqueWord()];
  await chat.open("Carol Chen");
  await chat.askAndRead(`echo: ${title} ${said}`);
  await chat.newChat.click();
  await chat.askAndRead(`echo: ${other}`);
  const chosen: string[] = [];
  page.on("request", (request) => chosen.push(...(request.url().endsWith("/fn/choose") ? [request.url()] : [])));
  await chat.search.fill(said);
  await chat.list.getByRole("link", { name: title }).first().click();
  await expect(page.locator(".pointed-out")).toContainText(said);
  await expect(page).toHaveTitle(new RegExp(title));
  expect(chosen).toEqual([]);
});

test("what is done in one tab shows in the others", async ({ page, chat, context }) => {
  const word = uniqueWord();
  await chat.open("Carol Chen");
  await chat.askAndRead(`echo: ${word}`);
  const other = new Chat(await context.newPage());
  await other.page.goto(page.url());
  await other.ready();
  await chat.askAndRead("echo: second");
  await expect(other.answers).toHaveCount(2);
  await other.ended();
  await other.option(word, "Rename");
  await other.list.getByRole("textbox", { name: "Title" }).fill(`Named ${word}`);
  await other.page.keyboard.press("Enter");
  await expect(chat.link(`Named ${word}`)).toBeVisible();
});

test.describe("while the list changes", () => {
  /** A conversation named by `word` and one before it, and the same person's list in another tab. */
  async function two(chat: Chat, word: string): Promise<{ before: string; other: Chat }> {
    const before = uniqueWord();
    await chat.open("Carol Chen");
    await chat.askAndRead(`echo: ${before}`);
    await chat.newChat.click();
    await chat.askAndRead(`echo: ${word}`);
    const other = new Chat(await chat.page.context().newPage());
    await other.page.goto("/chat");
    await other.ready();
    return { before, other };
  }

  test("whoever stands on a row stays on it", async ({ page, chat }) => {
    const word = uniqueWord();
    const { before, other } = await two(chat, word);
    const row = chat.list.getByRole("listitem").filter({ hasText: word });
    await row.getByRole("button", { name: "Options" }).focus();
    await other.option(before, "Pin");
    await expect(chat.list.locator("section", { hasText: "Pinned" }).getByRole("link", { name: before })).toBeVisible();
    await other.option(before, "Delete");
    await expect(chat.link(before)).toHaveCount(0);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Archive", exact: true }).click();
    await expect(chat.link(word)).toHaveCount(0);
  });

  test("a name can be written to its end", async ({ chat }) => {
    const word = uniqueWord();
    const { before, other } = await two(chat, word);
    await chat.option(word, "Rename");
    const title = chat.list.getByRole("textbox", { name: "Title" });
    // With the focus the whole of the old name is selected.
    await expect(title).toBeFocused();
    await title.fill(`Half ${word}`);
    await other.option(before, "Pin");
    await expect(chat.list.locator("section", { hasText: "Pinned" }).getByRole("link", { name: before })).toBeVisible();
    await expect(title).toBeFocused();
    await title.pressSequentially(" whole");
    await title.press("Enter");
    await expect(chat.link(`Half ${word} whole`)).toBeVisible();
  });
});

test("what is written in one browser waits in another", async ({ chat, newBrowser }) => {
  const word = uniqueWord();
  await chat.open("Carol Chen");
  await chat.askAndRead(`echo: ${word}`);
  const kept = chat.page.waitForResponse((response) => response.url().includes("/fn/keep_draft"));
  await chat.message.fill(`half a thought ${word}`);
  await kept;
  const phone = new Chat(await (await newBrowser()).newPage());
  await phone.open("Carol Chen", new URL(chat.page.url()).pathname);
  await expect(phone.message).toHaveValue(`half a thought ${word}`);
});

test("a temporary chat is not listed", async ({ page, chat }) => {
  const word = uniqueWord();
  await chat.open("Carol Chen");
  await page.getByRole("checkbox", { name: "Temporary" }).check();
  await chat.askAndRead(`echo: ${word}`);
  await expect(page.getByTitle("Not listed, and gone when you sign out")).toBeVisible();
  await expect(chat.link(word)).toHaveCount(0);
  await page.reload();
  await expect(chat.answers).toHaveCount(1);
  await expect(chat.link(word)).toHaveCount(0);
});

test("the palette leads to the administration whoever may go there, by keys alone", async ({ page, chat, newBrowser }) => {
  await chat.open("Bob Baker");
  await page.keyboard.press("Control+k");
  const administration = page.getByRole("option", { name: "Administration" });
  await expect(administration).toBeVisible();
  await page.keyboard.type("admin");
  await expect(administration).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Administration" })).toBeVisible();

  const other = new Chat(await (await newBrowser()).newPage());
  await other.open("Carol Chen");
  await other.page.keyboard.press("Control+k");
  await expect(other.page.getByRole("option", { name: "Profile" })).toBeVisible();
  await expect(other.page.getByRole("option", { name: "Administration" })).toHaveCount(0);
});

test("the palette leads to conversations and actions without a mouse", async ({ page, chat }) => {
  const word = uniqueWord();
  await chat.open("Carol Chen");
  await chat.askAndRead(`echo: ${word}`);
  await chat.newChat.click();
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Palette" });
  await expect(palette.getByRole("combobox")).toBeFocused();
  await page.keyboard.type(word);
  await expect(palette.getByRole("option", { name: word })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(palette).toBeHidden();
  await expect(chat.answers).toHaveCount(1);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("new chat");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/chat$/);
  // Where nothing is being written.
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});
