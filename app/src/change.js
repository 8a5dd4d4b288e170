// Changes the language of a page that is open. Loaded when somebody does that, and not before.

// The number of what is said when the server cannot be reached; the server writes it here.
const UNREACHABLE = "{unreachable}";

const text = async (address) => {
  const response = await fetch(address);
  if (!response.ok) {
    throw new Error(`${address} answers ${response.status}`);
  }
  return response.text();
};

// What the server alone writes comes from there again; the focus stays where it is.
const renew = (sheet, page) => {
  const fresh = new DOMParser().parseFromString(page, "text/html");
  const focused = document.activeElement?.getAttribute("name");
  sheet.replaceChildren(...(fresh.querySelector(".sheet")?.childNodes ?? []));
  document.title = fresh.title;
  if (focused) {
    sheet.querySelector(`[name="${focused}"]`)?.focus();
  }
};

// What stays in the document as it was written says by number what it says: `data-c` for its text, the others for its
// attributes. In the pattern of a text, \u0002 and a digit stand for what it is about.
const MARKS = { c: null, l: "aria-label", t: "title", p: "placeholder" };

const retell = (lines) => {
  for (const [mark, attribute] of Object.entries(MARKS)) {
    for (const element of document.querySelectorAll(`[data-${mark}]`)) {
      const words = lines[Number(element.dataset[mark])].replace("\u00020", () => element.dataset.a ?? "");
      if (attribute) {
        element.setAttribute(attribute, words);
      } else {
        [...element.childNodes].findLast((node) => node.nodeType === Node.TEXT_NODE).nodeValue = words;
      }
    }
  }
};

// Has the server keep the choice, and says which language it is then. Throws what to tell the reader.
const keep = async (choice) => {
  const response = await fetch("/fn/language", { method: "POST", body: new URLSearchParams({ language: choice }) });
  const answer = await response.json();
  if (!response.ok) {
    throw answer.message;
  }
  return answer;
};

// Says for a while what went wrong.
const say = (words) => {
  const note = document.createElement("div");
  note.className = "note";
  note.role = "alert";
  note.dataset.kind = "trouble";
  note.textContent = words;
  document.querySelector("main").prepend(note);
  setTimeout(() => note.remove(), 10_000);
};

/** Says everything in the language of `choice`: its tag, or what else the profile offers. `page` is the page's code. */
export async function change(choice, page) {
  const link = document.getElementById("texts");
  const root = document.documentElement;
  let tag;
  try {
    tag = await keep(choice);
  } catch (why) {
    // The browser has kept what it says now.
    say(typeof why === "string" ? why : (await text(link.href)).split("\n")[UNREACHABLE]);
    return;
  }
  const address = link.getAttribute("href").replace(`.${root.lang}.`, `.${tag}.`);
  const sheet = document.querySelector(".sheet");
  let table, fresh;
  try {
    [table, fresh] = await Promise.all([text(address), sheet && text(location.pathname + location.search)]);
  } catch {
    // A server that was replaced meanwhile has other texts; it tells the page anew.
    location.reload();
    return;
  }
  link.setAttribute("href", address);
  root.lang = tag;
  page.hydrate(table);
  // Behind what follows the language by itself.
  await new Promise((done) => requestAnimationFrame(done));
  retell(table.split("\n"));
  if (sheet) {
    renew(sheet, fresh);
  }
}
