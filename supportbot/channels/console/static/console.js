"use strict";
// Comfort on top of pages that work without it: keys, evidence that lights up, inserting, copying.

const SINGLE_KEYS = "supportbot-single-keys";
const reply = () => document.getElementById("text");
const told = (text) => {
  const place = document.getElementById("told");
  if (place) place.textContent = text;
};

function light(numbers, on) {
  for (const said of document.querySelectorAll(".said")) {
    const own = said.dataset.sources.split(" ");
    if (numbers.some((n) => own.includes(n))) said.classList.toggle("lit", on);
  }
  for (const n of numbers) {
    document.getElementById(`source-${n}`)?.classList.toggle("lit", on);
  }
}

function sourcesOf(target) {
  const place = target.closest?.("[data-source]");
  if (place) return [place.dataset.source];
  const said = target.closest?.(".said");
  if (said) return said.dataset.sources.split(" ").filter(Boolean);
  const mark = target.closest?.(".mark");
  return mark ? [mark.hash.replace("#source-", "")] : [];
}

for (const [event, on] of [["mouseover", true], ["mouseout", false], ["focusin", true], ["focusout", false]]) {
  document.addEventListener(event, ({ target }) => light(sourcesOf(target), on));
}

function insert(text) {
  const box = reply();
  if (!box) return;
  const lead = box.selectionStart > 0 && !/\s$/.test(box.value.slice(0, box.selectionStart)) ? "\n\n" : "";
  box.setRangeText(lead + text, box.selectionStart, box.selectionEnd, "end");
  box.focus();
  told("Inserted.");
}

function reveal(root) {
  for (const button of root.querySelectorAll(".insert[hidden]")) button.hidden = false;
}

async function copy() {
  try {
    await navigator.clipboard.writeText(reply().value);
    told("Copied.");
  } catch {
    reply().select();
    told("Selected; copy it with your keyboard.");
  }
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-insert]");
  if (button) insert(button.dataset.insert);
});
document.addEventListener("htmx:afterSwap", ({ target }) => reveal(target));

const allowed = () => localStorage.getItem(SINGLE_KEYS) !== "off";

function move(step) {
  const lines = [...document.querySelectorAll(".queue li a")];
  if (!lines.length) return;
  let at = lines.indexOf(document.activeElement);
  if (at < 0) at = lines.findIndex((line) => line.hasAttribute("aria-current"));
  const next = at < 0 ? (step > 0 ? 0 : lines.length - 1) : at + step;
  lines[Math.min(Math.max(next, 0), lines.length - 1)].focus();
}

function showKeys() {
  const dialog = document.getElementById("keys");
  if (dialog && !dialog.open) dialog.showModal();
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  e: () => reply()?.focus(),
  r: () => document.getElementById("regenerate")?.click(),
  x: () => {
    const place = document.getElementById("dismiss");
    if (!place) return;
    place.open = true;
    place.querySelector("input[type=radio]").focus();
  },
  c: () => reply() && copy(),
  f: () => document.getElementById("evidence")?.focus(),
  "?": showKeys,
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const send = document.getElementById("send");
    if (send) {
      event.preventDefault();
      send.click();
    }
    return;
  }
  if (event.key === "Escape" && document.activeElement === reply()) {
    reply().blur();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || !allowed()) return;
  if (event.target.closest("input, textarea, select, dialog, [contenteditable]")) return;
  if (/^[1-9]$/.test(event.key)) {
    const source = document.getElementById(`source-${event.key}`);
    if (source) {
      event.preventDefault();
      source.focus();
      source.scrollIntoView({ block: "nearest" });
    }
  } else if (Object.hasOwn(KEYS, event.key)) {
    event.preventDefault();
    KEYS[event.key]();
  }
});

function begin() {
  reveal(document);
  const opener = document.getElementById("keys-open");
  if (opener) {
    opener.hidden = false;
    opener.addEventListener("click", showKeys);
    const box = document.getElementById("keys-on");
    box.checked = allowed();
    box.addEventListener("change", () => localStorage.setItem(SINGLE_KEYS, box.checked ? "on" : "off"));
  }
  const button = document.getElementById("copy");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", copy);
  }
}

begin();
