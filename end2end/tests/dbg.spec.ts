import { writeFileSync } from "node:fs";
import { uniqueWord } from "./support/chat";
import { test } from "./support/test";
test.setTimeout(180000);
for (const who of ["Carol Chen", "Alice Archer"] as const)
test(`dbg ${who}`, async ({ page, chat }) => {
  const errs: string[] = [];
  page.on("pageerror", (e) => errs.push(e.stack ?? ""));
  await chat.open(who);
  let bad = 0, k = 0;
  for (let i = 0; i < 160; i++) {
    const before = errs.length;
    const r = await page.goto("/chat");
    const body = await r!.text();
    await page.waitForFunction(() => new Promise(r => setTimeout(() => r(true), 150)));
    const dom = await page.content();
    if (errs.length > before) { bad++; writeFileSync(`/tmp/e2e/dbg/${who[0]}-bad${k}.html`, body.replace(/></g, ">\n<")); writeFileSync(`/tmp/e2e/dbg/${who[0]}-bad${k++}.dom.html`, dom.replace(/></g, ">\n<")); }
    else if (i < 2) { writeFileSync(`/tmp/e2e/dbg/${who[0]}-good.html`, body.replace(/></g, ">\n<")); writeFileSync(`/tmp/e2e/dbg/${who[0]}-good.dom.html`, dom.replace(/></g, ">\n<")); }
  }
  console.log(who, bad);
});
