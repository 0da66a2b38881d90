// The graph as files: SVG from the positions, PNG from a canvas, CSV of nodes and of lines.
import { zoomIdentity } from "d3-zoom";
import { csv, keep, xml } from "../shared/save";
import { Painter, scaleOf, type Colour, type Marks } from "./draw";
import { kindOf, ORDER, outline } from "./kinds";
import { place, type Label } from "./labels";
import { isRecord, type GraphNode, type Model } from "./model";

const NOTHING: Marks = { selected: null, hovered: null, anchor: null, path: [], found: new Set() };
const [WIDTH, HEIGHT, EDGE] = [1600, 1100, 60];

/** A view in which all that is shown fits a picture. */
export function fit(model: Model, width: number, height: number, edge = EDGE): typeof zoomIdentity {
  const shown = model.nodes.filter((node) => model.shown(node));
  if (!shown.length) return zoomIdentity.translate(width / 2, height / 2);
  const [xs, ys] = [shown.map((node) => node.x), shown.map((node) => node.y)];
  const ends = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)] as const;
  const k = Math.min((width - 2 * edge) / Math.max(ends[1] - ends[0], 1), (height - 2 * edge) / Math.max(ends[3] - ends[2], 1), 2);
  return zoomIdentity.translate(width / 2, height / 2).scale(k).translate(-(ends[0] + ends[1]) / 2, -(ends[2] + ends[3]) / 2);
}

/** Labels of a picture. */
export function labelled(view: typeof zoomIdentity, order: readonly GraphNode[], size: [number, number], measure: (text: string) => number): Label[] {
  const scale = scaleOf(view.k);
  return place(order, (node) => [view.applyX(node.x), view.applyY(node.y), node.r * scale * 1.1], measure, size);
}

/** The graph as SVG: only shapes and text, nothing that runs or is fetched. */
export function svg(model: Model, colour: Colour, title: string, order: readonly GraphNode[], measure: (text: string) => number): string {
  const view = fit(model, WIDTH, HEIGHT);
  const scale = scaleOf(view.k);
  const n = (value: number): string => value.toFixed(1);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT + 60}" viewBox="0 0 ${WIDTH} ${HEIGHT + 60}" font-family="sans-serif" font-size="12">`,
    `<title>${xml(title)}</title><rect width="100%" height="100%" fill="${colour("--surface")}"/>`,
    `<g stroke="${colour("--line-strong")}" stroke-opacity=".5">`,
  ];
  for (const line of [...model.lines, ...model.links]) {
    if (!model.drawn(line)) continue;
    const [a, b] = [line.source, line.target];
    const dash = line.link ? ' stroke-dasharray="4 3"' : "";
    parts.push(`<line x1="${n(view.applyX(a.x))}" y1="${n(view.applyY(a.y))}" x2="${n(view.applyX(b.x))}" y2="${n(view.applyY(b.y))}" stroke-width="${line.bits >= 16 ? 1.4 : line.bits >= 8 ? 0.9 : 0.5}"${dash}/>`);
  }
  parts.push("</g>");
  for (const node of model.nodes) {
    if (!model.shown(node)) continue;
    const [x, y] = [view.applyX(node.x), view.applyY(node.y)];
    const [fill, rim] = isRecord(node) ? [colour("--surface"), colour("--text")] : [colour(kindOf(node.kind).token), colour("--surface")];
    const hint = `${kindOf(node.kind).word}: ${node.label}, ${node.records} record${node.records === 1 ? "" : "s"}`;
    parts.push(`<path d="${outline(node.kind, x, y, node.r * scale)}" fill="${fill}" stroke="${rim}" stroke-width="1.5"><title>${xml(hint)}</title></path>`);
    if (isRecord(node) && node.records > 1) parts.push(`<text x="${n(x)}" y="${n(y + 4)}" text-anchor="middle" font-size="11" fill="${colour("--text")}">${node.records}</text>`);
  }
  const text = `fill="${colour("--text")}" stroke="${colour("--surface")}" stroke-width="3" stroke-linejoin="round" paint-order="stroke"`;
  for (const label of labelled(view, order, [WIDTH, HEIGHT], measure)) {
    parts.push(`<text x="${n(view.applyX(label.node.x) + label.dx + 2)}" y="${n(view.applyY(label.node.y) + label.dy + 4)}" ${text}>${xml(label.text)}</text>`);
  }
  parts.push(legend(model, colour), `<text x="20" y="${HEIGHT + 46}" fill="${colour("--text")}">${xml(title)}</text></svg>`);
  return parts.join("\n");
}

function legend(model: Model, colour: Colour): string {
  let x = 24;
  const parts: string[] = [];
  for (const kind of kindsOf(model)) {
    const { word, token } = kindOf(kind);
    const [fill, rim] = kind === "record" ? [colour("--surface"), colour("--text")] : [colour(token), colour("--surface")];
    parts.push(`<path d="${outline(kind, x, HEIGHT + 16, 6)}" fill="${fill}" stroke="${rim}"/><text x="${x + 12}" y="${HEIGHT + 20}" fill="${colour("--text")}">${word}</text>`);
    x += 40 + word.length * 7;
  }
  return parts.join("");
}

/** The kinds that are there, in the order of the legend. */
export function kindsOf(model: Model): string[] {
  const there = new Set(model.nodes.map((node) => node.kind));
  return [...ORDER.filter((kind) => there.has(kind)), ...[...there].filter((kind) => !ORDER.includes(kind)).sort()];
}

/** A picture of twice the size of the screen's pixels. */
export async function png(model: Model, colour: Colour, order: readonly GraphNode[]): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [2 * WIDTH, 2 * HEIGHT];
  const ctx = canvas.getContext("2d");
  if (!ctx) return null;
  ctx.scale(2, 2);
  ctx.fillStyle = colour("--surface");
  ctx.fillRect(0, 0, WIDTH, HEIGHT);
  const [painter, view] = [new Painter(model, colour), fit(model, WIDTH, HEIGHT)];
  painter.paint(ctx, view, NOTHING);
  painter.labels(ctx, view, labelled(view, order, [WIDTH, HEIGHT], (text) => ctx.measureText(text).width));
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

/** All nodes, and all lines, as the page holds them. */
export function tables(model: Model): [string, string] {
  const nodes = model.nodes.filter((node) => !node.gone);
  const rows = nodes.map((node) => [node.id, node.kind, node.value, node.label, node.records, node.bits, node.first_seen, node.last_seen]);
  const lines = [...model.lines, ...model.links].filter((line) => !line.source.gone && !line.target.gone);
  const ties = lines.map((line) => [line.link ? "link" : "shows", line.source.id, line.target.id, line.records, line.bits, line.state]);
  return [
    csv([["id", "kind", "value", "label", "records", "bits", "first_seen", "last_seen"], ...rows]),
    csv([["line", "record_node", "other_node", "records", "bits", "state"], ...ties]),
  ];
}

export { keep };
