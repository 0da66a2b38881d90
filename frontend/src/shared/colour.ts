// Colours of styles.css as a canvas or an exported file needs them: resolved, for the theme that is on.

const SYSTEM: Record<string, string> = {
  "--surface": "Canvas", "--page": "Canvas", "--sunk": "Canvas", "--text": "CanvasText", "--soft": "CanvasText",
  "--line": "GrayText", "--line-strong": "GrayText", "--accent": "Highlight", "--accent-ink": "HighlightText",
};

/** A reader of colours; ask for a new one when the theme has changed. */
export function palette(): (name: string) => string {
  const forced = matchMedia("(forced-colors: active)").matches;
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const known = new Map<string, string>();
  return (name) => {
    let value = known.get(name);
    if (value === undefined) {
      probe.style.setProperty("color", forced ? (SYSTEM[name] ?? "CanvasText") : `var(${name})`);
      if (!probe.isConnected) document.body.append(probe);
      value = getComputedStyle(probe).color;
      known.set(name, value);
      probe.remove();
    }
    return value;
  };
}

/** Call back whenever colours may have changed: the page's button, the system's mode, forced colours. */
export function onTheme(change: () => void, signal: AbortSignal): void {
  document.addEventListener("clew:theme", change, { signal });
  for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
    matchMedia(query).addEventListener("change", change, { signal });
  }
}
