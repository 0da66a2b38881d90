// SVG elements without markup: text is only ever set as text; colours are classes of map.css.

const SPACE = "http://www.w3.org/2000/svg";

/** An element with attributes and children. */
export function draw<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Record<string, string | number> = {},
  ...children: (Node | string)[]
): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, typeof value === "number" ? String(Math.round(value * 100) / 100) : value);
  made.append(...children);
  return made;
}

let context: CanvasRenderingContext2D | null = null;

/** Width of a text in the page's font. */
export function widthOf(text: string, size: number, weight = 400): number {
  context ??= document.createElement("canvas").getContext("2d");
  if (!context) return text.length * size * 0.6;
  context.font = `${weight} ${size}px ${getComputedStyle(document.documentElement).fontFamily}`;
  return context.measureText(text).width;
}
