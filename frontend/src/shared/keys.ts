// Keys. An element with data-key="x" is clicked (or focused, if it takes text) by that key, on every page.
// Lists with data-rows move a selection over their [data-row] children with j/k or the arrows; Enter opens it.
// Tab goes on from the selected row. No key acts while a dialog or a form that opens over the page (.pops) is open. What has letters of its own
// (data-own-letters) keeps them until something else is clicked or focused.

/** Is what is typed here text? */
export function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

const popped = (): HTMLDetailsElement | null => document.querySelector<HTMLDetailsElement>("details.pops[open]");

/** Does what is open or typed into want the keys for itself? */
export function busy(target: EventTarget | null): boolean {
  return typing(target) || popped() !== null || document.querySelector("dialog[open]") !== null;
}

let moved = false; // was a row selected by a key after anything was focused or clicked?
let lettered: Element | null = null; // what was used last, if it has letters of its own

function used(event: Event): void {
  const target = event.target instanceof Element ? event.target : null;
  moved = false;
  if (event.type === "focusin" && lettered && target?.contains(lettered)) return; // a click on what cannot be focused
  lettered = target?.closest("[data-own-letters]") ?? null;
}

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-rows] [data-row]")].filter((row) => row.offsetParent);
}

/** The row that is selected, if any. */
export function selected(): HTMLElement | null {
  return document.querySelector<HTMLElement>("[data-row][aria-selected='true']");
}

/** Select a row: it alone is marked, and scrolled into view. */
export function select(row: HTMLElement): void {
  for (const other of document.querySelectorAll("[data-row][aria-selected='true']")) other.setAttribute("aria-selected", "false");
  row.setAttribute("aria-selected", "true");
  row.scrollIntoView({ block: "nearest" });
}

function move(step: number): void {
  const all = rows();
  if (!all.length) return;
  const current = selected();
  const at = current ? all.indexOf(current) : step > 0 ? -1 : all.length;
  const next = all[Math.min(all.length - 1, Math.max(0, at + step))];
  if (!next) return;
  const focus = document.activeElement;
  if (focus instanceof HTMLElement && focus.closest("[data-row]") && !next.contains(focus)) focus.blur();
  select(next);
  moved = true;
}

/** Tab after j or k goes on from the row that they selected. */
function enter(event: KeyboardEvent): void {
  const row = moved ? selected() : null;
  const first = row?.querySelector<HTMLElement>("a[href], button:not([disabled], [hidden]), input:not([type='hidden'])");
  if (!first) return;
  first.focus();
  event.preventDefault();
}

function press(key: string): boolean {
  const within = selected()?.querySelector<HTMLElement>(`[data-key='${CSS.escape(key)}']`);
  const target = within ?? document.querySelector<HTMLElement>(`[data-key='${CSS.escape(key)}']`);
  if (!target) return false;
  if (typing(target)) target.focus();
  else target.click();
  return true;
}

/** Close the form that is open over the page, and go back to what opened it. */
function unpop(open: HTMLDetailsElement): void {
  open.open = false;
  open.querySelector("summary")?.focus();
}

/** Start to listen. */
export function listen(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const open = popped();
    if (event.key === "Escape" && open) {
      unpop(open);
      return;
    }
    if (event.key === "Escape" && document.activeElement instanceof HTMLElement && typing(document.activeElement)) {
      document.activeElement.blur();
      return;
    }
    if (busy(event.target) || (lettered?.isConnected && /^[a-z]$/i.test(event.key))) return;
    if (event.key === "Tab" && !event.shiftKey) {
      enter(event);
      return;
    }
    if (event.key === "?") {
      document.querySelector<HTMLDialogElement>("#keys")?.showModal();
    } else if (event.key === "j" || event.key === "k") {
      move(event.key === "j" ? 1 : -1);
    } else if (event.key === "Enter") {
      const link = event.target === document.body ? selected()?.querySelector<HTMLAnchorElement>("a[href]") : null;
      if (!link) return;
      link.click();
    } else if (!press(event.key)) {
      return;
    }
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const opener = target?.closest<HTMLElement>("[data-opens]");
    if (opener) document.querySelector<HTMLDialogElement>(opener.dataset["opens"] ?? "")?.showModal();
    if (target?.closest("[data-closes]")) target.closest("dialog")?.close();
    const row = target?.closest<HTMLElement>("[data-row]");
    if (row) select(row);
  });
  document.addEventListener("toggle", (event) => {
    if (event.target === popped()) popped()?.querySelector<HTMLElement>("form input:not([type='hidden'])")?.focus();
  }, true); // it does not bubble
  for (const sort of ["focusin", "pointerdown"]) document.addEventListener(sort, used);
}
