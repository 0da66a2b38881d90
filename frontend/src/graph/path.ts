// The path between two nodes that rests on most evidence, and the same path in sentences.
import { isRecord, type GraphNode, type Line, type Model } from "./model";
import { plural, short } from "../shared/dom";
import { called } from "./kinds";

/** What a step costs: little where the evidence is strong, so few strong steps win over few weak ones. */
const cost = (line: Line): number => 1 / Math.max(line.bits, 0.5);

/** The cheapest path by what is drawn, both ends included; empty when there is none. */
export function findPath(model: Model, from: GraphNode, to: GraphNode): GraphNode[] {
  const far = new Map<GraphNode, number>([[from, 0]]);
  const back = new Map<GraphNode, GraphNode>();
  const done = new Set<GraphNode>();
  const heap: [number, GraphNode][] = [[0, from]];
  while (heap.length) {
    const [distance, node] = pop(heap);
    if (node === to) break;
    if (done.has(node)) continue;
    done.add(node);
    for (const line of node.lines) {
      if (!model.drawn(line)) continue;
      const next = line.source === node ? line.target : line.source;
      const total = distance + cost(line);
      if (total < (far.get(next) ?? Infinity)) {
        far.set(next, total);
        back.set(next, node);
        push(heap, [total, next]);
      }
    }
  }
  if (from !== to && !back.has(to)) return [];
  const path = [to];
  for (let at = to; at !== from; ) {
    at = back.get(at) as GraphNode;
    path.unshift(at);
  }
  return path;
}

function push(heap: [number, GraphNode][], entry: [number, GraphNode]): void {
  let at = heap.push(entry) - 1;
  while (at > 0) {
    const over = (at - 1) >> 1;
    if ((heap[over] as [number, GraphNode])[0] <= entry[0]) break;
    heap[at] = heap[over] as [number, GraphNode];
    at = over;
  }
  heap[at] = entry;
}

function pop(heap: [number, GraphNode][]): [number, GraphNode] {
  const first = heap[0] as [number, GraphNode];
  const last = heap.pop() as [number, GraphNode];
  if (!heap.length) return first;
  let at = 0;
  for (let under = 1; under < heap.length; under = 2 * at + 1) {
    const right = heap[under + 1];
    if (right && right[0] < (heap[under] as [number, GraphNode])[0]) under += 1;
    if ((heap[under] as [number, GraphNode])[0] >= last[0]) break;
    heap[at] = heap[under] as [number, GraphNode];
    at = under;
  }
  heap[at] = last;
  return first;
}

/** A node in a sentence. */
export function named(node: GraphNode): string {
  if (!isRecord(node)) return `${called(node.kind)} ${short(node.label, 60)}`;
  const of = node.records > 1 ? ` and ${plural(node.records - 1, "more record")}` : "";
  return `“${short(node.label, 40)}”${of}`;
}

/** One sentence for each step from record to record. */
export function sentences(path: GraphNode[]): string[] {
  const said: string[] = [];
  path.forEach((node, k) => {
    if (isRecord(node)) return;
    const [before, after] = [path[k - 1], path[k + 1]];
    const worth = node.bits === null ? "which no link rests on" : `${node.bits.toFixed(1)} bits`;
    if (before && after) said.push(`${named(before)} and ${named(after)} show the same ${named(node)} (${worth}).`);
    else if (before ?? after) said.push(`${named((before ?? after) as GraphNode)} shows ${named(node)}.`);
  });
  return said;
}
