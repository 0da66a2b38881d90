// Light, dark, or as the system has it. The server writes data-theme from the cookie, so that no page flashes.
const MODES = ["system", "light", "dark"] as const;
type Mode = (typeof MODES)[number];

function now(): Mode {
  const set = document.documentElement.dataset["theme"];
  return MODES.find((mode) => mode === set) ?? "system";
}

/** Let the button of the header go through the modes. */
export function followTheme(): void {
  const button = document.querySelector<HTMLButtonElement>("#theme");
  if (!button) return;
  const say = (): void => {
    button.setAttribute("aria-label", `Colours: ${now()}. Change`);
    button.title = `Colours: ${now()}`;
  };
  button.addEventListener("click", () => {
    const next = MODES[(MODES.indexOf(now()) + 1) % MODES.length] ?? "system";
    document.documentElement.dataset["theme"] = next;
    document.cookie = `clew-theme=${next}; path=/; max-age=31536000; samesite=strict`;
    say();
    document.dispatchEvent(new CustomEvent("clew:theme"));
  });
  say();
}

/** The value of a token of styles.css, for what is drawn on a canvas. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
