// The map as files. The SVG is made from shapes and text alone, with the colours that are on the screen written into it.
import { xml } from "../shared/save";

const STYLES = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "fill-opacity", "opacity", "font-size", "font-weight", "paint-order", "vector-effect"];
const DEFAULTS: Record<string, string> = { "stroke-dasharray": "none", "stroke-opacity": "1", "fill-opacity": "1", opacity: "1", "paint-order": "normal", "vector-effect": "none" };
const KEPT = new Set(["svg", "g", "path", "circle", "rect", "line", "text", "defs", "marker", "title"]);
const ATTRIBUTES = new Set(["d", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "width", "height", "transform", "text-anchor", "id", "viewBox", "refX", "refY", "markerWidth", "markerHeight", "markerUnits", "orient", "marker-end"]);

/** The text of an SVG file: the drawings one under the other, and a line of words. */
export function svgOf(drawings: readonly SVGSVGElement[], words: string, back: string): string {
  const width = Math.max(...drawings.map((drawing) => drawing.clientWidth || Number(drawing.getAttribute("width"))));
  const parts: string[] = [];
  let top = 0;
  for (const drawing of drawings) {
    const height = drawing.clientHeight || Number(drawing.getAttribute("height"));
    const inner = [...drawing.children].map((child) => copied(child)).join("");
    parts.push(`<svg y="${top}" width="${width}" height="${height}">${inner}</svg>`);
    top += height;
  }
  const text = `<text x="12" y="${top + 20}" font-size="12" fill="${getComputedStyle(document.body).color}">${xml(words)}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top + 32}" viewBox="0 0 ${width} ${top + 32}" font-family="sans-serif" font-size="12"><title>${xml(words)}</title><rect width="100%" height="100%" fill="${back}"/>${parts.join("")}${text}</svg>`;
}

function copied(element: Element): string {
  const name = element.tagName;
  if (!KEPT.has(name)) return "";
  if (name === "title") return `<title>${xml(element.textContent ?? "")}</title>`;
  const attributes = [...element.attributes].filter((attribute) => ATTRIBUTES.has(attribute.name)).map((attribute) => ` ${attribute.name}="${xml(attribute.value)}"`);
  if (name !== "g" && name !== "defs" && name !== "marker") {
    const style = getComputedStyle(element);
    for (const property of STYLES) {
      const value = style.getPropertyValue(property);
      if (value && value !== DEFAULTS[property]) attributes.push(` ${property}="${xml(value)}"`);
    }
  } else if (getComputedStyle(element).opacity !== "1") {
    attributes.push(` opacity="${getComputedStyle(element).opacity}"`);
  }
  const inner = element.children.length ? [...element.children].map((child) => copied(child)).join("") : name === "text" ? xml(element.textContent ?? "") : "";
  return `<${name}${attributes.join("")}>${inner}</${name}>`;
}

/** The same as a picture of twice the size. */
export async function pngOf(svg: string): Promise<Blob | null> {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const picture = new Image();
    picture.src = address;
    await picture.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [2 * picture.naturalWidth, 2 * picture.naturalHeight];
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob(done, "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}
