// Names beside nodes, where they fit: none lies over another.
import { isRecord, type GraphNode } from "./model";
import { short } from "../shared/dom";
import { Taken } from "../shared/taken";

export interface Label {
  node: GraphNode;
  text: string;
  dx: number;
  dy: number;
  width: number;
}

const HEIGHT = 15;

/** What a node is called on the canvas; direction is kept inside. */
export function text(node: GraphNode): string {
  const of = isRecord(node) && node.records > 1 ? ` +${node.records - 1}` : "";
  return `\u2068${short(node.label.replace(/\s+/g, " "), 26)}\u2069${of}`;
}

/** Labels for the nodes that come first, in pixels from each node's middle.
 *
 * @param order nodes, those to be named first in front
 * @param at where a node is on the screen, and its radius there
 * @param measure width of a text
 * @param first so many of the first are named even over other nodes, as it is they that tell most
 */
export function place(
  order: readonly GraphNode[],
  at: (node: GraphNode) => [number, number, number],
  measure: (text: string) => number,
  size: [number, number],
  first = 8,
  most = 140,
): Label[] {
  const taken = new Taken(); // by names
  const nodes = new Taken();
  const seen = order.filter((node) => {
    const [x, y, r] = at(node);
    if (x < -r || y < -r || x > size[0] + r || y > size[1] + r) return false;
    nodes.add(x - r, y - r, 2 * r, 2 * r);
    return true;
  });
  const labels: Label[] = [];
  for (const [rank, node] of seen.entries()) {
    if (labels.length >= most) break;
    const [x, y, r] = at(node);
    const words = text(node);
    const width = measure(words) + 4;
    const places: [number, number][] = [[r + 3, 0], [-r - 3 - width, 0], [-width / 2, -r - 9], [-width / 2, r + 9]];
    const open = places.filter(([dx, dy]) => {
      const [left, top] = [x + dx, y + dy - HEIGHT / 2];
      const inside = left > 2 && top > 2 && left + width < size[0] - 2 && top + HEIGHT < size[1] - 2;
      return inside && taken.free(left, top, width, HEIGHT);
    });
    const bare = open.find(([dx, dy]) => nodes.free(x + dx, y + dy - HEIGHT / 2 + 2, width, HEIGHT - 4));
    const spot = bare ?? (rank < first ? open[0] : undefined);
    if (!spot) continue;
    taken.add(x + spot[0], y + spot[1] - HEIGHT / 2, width, HEIGHT);
    labels.push({ node, text: words, dx: spot[0], dy: spot[1], width });
  }
  return labels;
}
