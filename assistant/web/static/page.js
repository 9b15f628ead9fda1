// Opens the source card of a citation chip, and leads back to the chip. Texts come from the page itself.
"use strict";

document.documentElement.lang = /\/en(\/(figures|articles))?\/?$/.test(location.pathname) ? "en" : "ko";

let openedFrom = null;
let newestTurn;

function showTurn(turn) {
  for (const list of document.querySelectorAll("#sources-panel [data-turn]")) {
    list.hidden = list.dataset.turn !== turn;
  }
}

function showCard(turn, number) {
  showTurn(turn);
  document.body.dataset.sources = "open";
  for (const card of document.querySelectorAll("#sources-panel .card.active")) card.classList.remove("active");
  const card =
    document.querySelector(`#sources-panel [data-card="${turn}-${number}"]`) ||
    document.querySelector(`#sources-panel [data-turn="${turn}"] .card`);
  if (!card) return;
  if (number !== "0") card.classList.add("active");
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  openedFrom.scrollIntoView({ block: "nearest", behavior });
  card.scrollIntoView({ block: "nearest", behavior });
  card.focus({ preventScroll: true });
}

function markChips(href) {
  for (const chip of document.querySelectorAll("#chat .chip")) {
    chip.classList.toggle("active", chip.getAttribute("href") === href);
  }
}

function goBack() {
  delete document.body.dataset.sources;
  markChips(null);
  if (openedFrom && openedFrom.isConnected) openedFrom.focus();
  openedFrom = null;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#cite-"]');
  if (link) {
    event.preventDefault();
    const [, turn, number] = link.getAttribute("href").slice(1).split("-");
    openedFrom = link;
    markChips(link.getAttribute("href"));
    showCard(turn, number);
  } else if (event.target.closest(".card-back, .sources-close")) {
    goBack();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && openedFrom) goBack();
});

// gradio labels messages with their markup and examples in English, and calls the examples a list without items; without
// these a reader hears the text itself.
function tidyLabels() {
  for (const part of document.querySelectorAll("#chat :is([data-testid], .example)[aria-label]")) {
    part.removeAttribute("aria-label");
  }
  document.querySelector("#chat .examples[role]")?.removeAttribute("role");
}

// The sources of a new answer are shown from their beginning.
function showNewest() {
  const newest = [...document.querySelectorAll("#sources-panel [data-turn]")].pop()?.dataset.turn;
  if (newest !== newestTurn) document.getElementById("sources").scrollTop = 0;
  newestTurn = newest;
}


// Buttons that are links, since gradio keeps no others in a message: "Edit", "Copy", an opinion. What they have done is
// remembered here, because gradio draws messages anew.
const outcomes = new Map();

function editQuestion(link) {
  const box = document.querySelector("#question textarea");
  const value = link.closest(".asked-as").querySelector(".whole").textContent;
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, value);
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = Object.assign(document.createElement("textarea"), { value: text }); // a page without https has no clipboard
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (!copied) throw new Error("the browser does not copy");
}

async function fetched(path, options) {
  const response = await fetch(path, options);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.text();
}

async function useTool(link) {
  const href = link.getAttribute("href");
  const [, tool, token] = href.match(/^#(copy|up|down)-(.+)$/);
  try {
    if (tool === "copy") await copyText(await fetched(`/answers/${token}.txt`));
    else await fetched(`/answers/${token}/${tool}`, { method: "POST" });
    if (tool !== "copy") outcomes.delete(`#${tool === "up" ? "down" : "up"}-${token}`);
    outcomes.set(href, "is-done");
  } catch (error) {
    console.error(error);
    outcomes.set(href, "is-failed");
  }
  showOutcomes();
  if (tool === "copy") setTimeout(() => { outcomes.delete(href); showOutcomes(); }, 2500);
}

function showOutcomes() {
  for (const link of document.querySelectorAll("#chat .tools a[role=button]")) {
    const outcome = outcomes.get(link.getAttribute("href")) || "";
    if (link.className !== outcome) link.className = outcome;
  }
}

// A file is saved in this tab: gradio opens all links in another.
function saveFile(path) {
  const link = Object.assign(document.createElement("a"), { href: path, download: "" });
  document.body.append(link);
  link.click();
  link.remove();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("#chat :is(.asked-as, .tools) a");
  if (!link) return;
  event.preventDefault();
  const href = link.getAttribute("href");
  if (href === "#edit") editQuestion(link);
  else if (href.startsWith("#")) useTool(link);
  else saveFile(href);
});

document.addEventListener("keydown", (event) => {
  if (event.key === " " && event.target.matches?.("#chat a[role=button]")) {
    event.preventDefault();
    event.target.click();
  }
});

new MutationObserver(() => {
  tidyLabels();
  showNewest();
  showOutcomes();
}).observe(document.documentElement, { childList: true, subtree: true });
