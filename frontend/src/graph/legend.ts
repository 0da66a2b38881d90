// The legend under the graph.
import { el } from "../shared/dom";
import { kindOf, outline } from "./kinds";
import type { Model } from "./model";

const SVG = "http://www.w3.org/2000/svg";

/** A kind's entry of the legend: its shape and colour, how many there are, and a box to hide them. */
export function entry(model: Model, kind: string, changed: () => void): HTMLElement {
  const icon = document.createElementNS(SVG, "svg");
  for (const [name, value] of [["width", "16"], ["height", "16"], ["viewBox", "0 0 16 16"], ["aria-hidden", "true"], ["class", `graph-icon kind-${kind}`]]) icon.setAttribute(name as string, value as string);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", outline(kind, 8, 8, 5.5));
  icon.append(path);
  const count = model.nodes.filter((node) => node.kind === kind).length;
  const words = [icon, ` ${kindOf(kind).word} `, el("span", { class: "count" }, count.toLocaleString("en"))];
  if (kind === "record") return el("span", {}, ...words);
  const box = el("input", { type: "checkbox", checked: true });
  box.addEventListener("change", () => {
    if (box.checked) model.hidden.delete(kind);
    else model.hidden.add(kind);
    changed();
  });
  return el("label", {}, box, ...words);
}
