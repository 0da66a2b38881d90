// Elements without markup: text is only ever set as text.

type Child = Node | string | null | undefined | false;

/** An element with attributes and children; attributes that are false or null are left out. */
export function el<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Record<string, string | number | boolean | null> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false && value !== null) made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false));
  return made;
}

/** A button that does something. */
export function button(word: string, act: () => void, attributes: Record<string, string | boolean | null> = {}): HTMLButtonElement {
  const made = el("button", { type: "button", class: "button small", ...attributes }, word);
  made.addEventListener("click", act);
  return made;
}

/** 1 record, 2,000 records. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** Not more than so many characters. */
export function short(text: string, most: number): string {
  const all = [...text];
  return all.length <= most ? text : `${all.slice(0, most - 1).join("").trimEnd()}…`;
}

/** JSON of the API; an error's sentence is thrown. */
export async function read<T>(address: string, signal?: AbortSignal): Promise<T> {
  const answer = await fetch(address, { headers: { accept: "application/json" }, ...(signal ? { signal } : {}) });
  const body: unknown = await answer.json();
  if (!answer.ok) {
    const said = body as { error?: string; todo?: string };
    throw new Error([said.error, said.todo].filter(Boolean).join(" ") || "The workbench did not answer.");
  }
  return body as T;
}
