// The people of the sandbox's directory, and its sign-in page.
import { expect, type Page } from "@playwright/test";

export type Persona =
  | "Alice Archer"
  | "Bob Baker"
  | "Carol Chen"
  | "Dave Dubois"
  | "Erin Eriksen"
  | "Frank Fuchs"
  | "Grace Gómez-Núñez";

/** Opens `path`, is sent to the provider, picks `persona` there and comes back. */
export async function signIn(page: Page, persona: Persona, path = "/chat"): Promise<void> {
  await page.goto(path);
  await pick(page, persona);
}

/** Picks `persona` on the provider's page. */
export async function pick(page: Page, persona: Persona): Promise<void> {
  await expect(page.getByRole("heading", { name: "Pick an account" })).toBeVisible();
  await page.getByRole("button", { name: persona, exact: true }).click();
}
