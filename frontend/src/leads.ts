// Triage in the queue: c, d, f, a and u decide about the selected row, the row changes in place, the next is selected.
import { busy, select, selected } from "./shared/keys";

interface Decided {
  network: string;
  do: "confirm" | "dismiss" | "defer" | "assign" | "reopen" | "undo";
  said: string;
  from: string;
  to: string;
  learned: string;
}

const decided: string[] = []; // networks decided on since the page was opened, the newest last
let focused = false; // did the decision come from a button of the row?

function rowOf(network: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-network='${CSS.escape(network)}']`);
}

/** Say something to those who see it and to those who hear it. */
let fading = 0;
function say(text: string, kind: "good" | "bad"): void {
  const place = document.querySelector<HTMLElement>("#notices");
  if (!place) return;
  const note = document.createElement("p");
  note.className = `notice ${kind}`;
  note.textContent = text;
  place.replaceChildren(note);
  window.clearTimeout(fading);
  if (kind === "good") fading = window.setTimeout(() => note.remove(), 6000);
}

function press(row: HTMLElement | null, key: string): void {
  row?.querySelector<HTMLElement>(`[data-do='${key}']`)?.click();
}

/** Take the last decision of this page back; without one, that of the selected row. */
function undo(): void {
  const row = rowOf(decided.at(-1) ?? "") ?? selected();
  if (!row) return;
  select(row);
  press(row, "u");
}

function ask(row: HTMLElement, name: "dismiss" | "assign"): void {
  const dialog = document.querySelector<HTMLDialogElement>(`#${name}`);
  const network = row.dataset["network"];
  if (!dialog || !network) return;
  dialog.querySelector("form")?.reset();
  dialog.dataset["about"] = network;
  const title = dialog.querySelector("[data-name]");
  if (title) title.textContent = network;
  const wrong = dialog.querySelector(".wrong");
  if (wrong) wrong.textContent = "";
  dialog.showModal();
  const first = dialog.querySelector<HTMLInputElement>("input");
  first?.focus();
  if (name === "assign") first?.select();
}

/** Put an answer of a dialog into the row's form and send it. */
function send(dialog: HTMLDialogElement, field: "reason" | "assignee", value: string): void {
  const row = rowOf(dialog.dataset["about"] ?? "");
  const form = row?.querySelector<HTMLFormElement>("form.standing");
  const input = form?.querySelector<HTMLInputElement>(`input[name='${field}']`);
  const button = form?.querySelector<HTMLButtonElement>(`[data-with-${field}]`);
  if (!form || !input || !button) return;
  input.value = value;
  dialog.close();
  button.click(); // htmx sends the button that was clicked, not the one that requestSubmit names
}

function answer(dialog: HTMLDialogElement): void {
  const form = dialog.querySelector("form");
  if (!form) return;
  const given = new FormData(form);
  const word = (name: string): string => String(given.get(name) ?? "").trim();
  if (dialog.id === "assign") {
    send(dialog, "assignee", word("assignee"));
    return;
  }
  const reason = word("other") || word("reason");
  const wrong = dialog.querySelector(".wrong");
  if (reason) send(dialog, "reason", reason);
  else if (wrong) wrong.textContent = "Choose a reason or write one.";
}

function recount(state: string, step: number): void {
  const place = document.querySelector(`[data-count='${CSS.escape(state)}']`);
  if (!place) return;
  const now = Number((place.textContent ?? "").replace(/\D/g, "")) + step;
  place.textContent = Math.max(0, now).toLocaleString("en-US");
}

function after(what: Decided): void {
  say(what.said, "good");
  const learned = document.querySelector("[data-learned]");
  if (learned) learned.textContent = what.learned;
  if (what.from !== what.to) {
    recount(what.from, -1);
    recount(what.to, 1);
  }
  if (what.do === "undo") decided.splice(Math.max(0, decided.lastIndexOf(what.network)), 1);
  else decided.push(what.network);
  const row = rowOf(what.network);
  const on = what.do === "undo" || what.do === "assign" ? row : (row?.nextElementSibling ?? row);
  if (!(on instanceof HTMLElement)) return;
  select(on);
  if (focused) on.querySelector<HTMLElement>("a[href]")?.focus();
  focused = false;
}

function told(html: string): string {
  return new DOMParser().parseFromString(html, "text/html").body.textContent?.trim() ?? "";
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const dialog = document.querySelector<HTMLDialogElement>("dialog#dismiss[open]");
  if (dialog && /^[1-9]$/.test(event.key) && !(event.target instanceof HTMLInputElement && event.target.name === "other")) {
    const choice = dialog.querySelector<HTMLInputElement>(`[data-choice='${event.key}']`);
    if (!choice) return;
    choice.checked = true;
    choice.focus();
    event.preventDefault();
    return;
  }
  if (busy(event.target) || event.repeat) return;
  if (event.key === "u") undo();
  else if ("cdfa".includes(event.key) && event.key.length === 1) press(selected(), event.key);
  else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-do]") : null;
  const row = target?.closest<HTMLElement>("[data-row]");
  if (!target || !row) return;
  focused = document.activeElement === target && event.detail === 0 && event.isTrusted;
  const name = target.dataset["do"];
  if (name !== "d" && name !== "a") return;
  event.preventDefault();
  select(row);
  ask(row, name === "d" ? "dismiss" : "assign");
});

for (const dialog of document.querySelectorAll<HTMLDialogElement>("dialog#dismiss, dialog#assign")) {
  dialog.addEventListener("submit", (event) => {
    event.preventDefault();
    answer(dialog);
  });
}

document.body.addEventListener("clew:decided", (event) => after((event as CustomEvent<Decided>).detail));
document.body.addEventListener("htmx:responseError", (event) => {
  const xhr = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail.xhr;
  say(told(xhr.responseText) || "It could not be kept. Look again, then decide.", "bad");
});
document.body.addEventListener("htmx:sendError", () => say("The workbench does not answer. Is clew serve running?", "bad"));

const start = document.querySelector<HTMLElement>("[data-rows] [data-row]");
if (start) start.setAttribute("aria-selected", "true");
