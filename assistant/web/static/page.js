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

new MutationObserver(() => {
  tidyLabels();
  showNewest();
}).observe(document.documentElement, { childList: true, subtree: true });
