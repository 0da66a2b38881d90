// The graph as the page holds it: nodes with positions, lines between records and what they show, and what is hidden.

export interface ApiGraph {
  network_id: string;
  records: number;
  identifiers: number;
  by: number;
  nodes: ApiNode[];
  edges: { record: number[]; shown: number[]; records: number[] };
  links: { a: number[]; b: number[]; weight: number[]; state: string[]; links: number[] };
  said: string[];
}

export interface ApiNode {
  id: string;
  kind: string;
  value: string;
  label: string;
  records: number;
  bits: number | null;
  first_seen: string | null;
  last_seen: string | null;
}

export interface GraphNode extends ApiNode {
  x: number;
  y: number;
  vx: number;
  vy: number;
  fx?: number | null;
  fy?: number | null;
  index?: number;
  r: number;
  lines: Line[];
  parent: GraphNode | null; // the node that it came out of
  gone: boolean; // expanded into its records, or collapsed back
}

/** A record node shows something, or (``link``) two record nodes are linked. */
export interface Line {
  source: GraphNode;
  target: GraphNode;
  records: number;
  bits: number;
  link: boolean;
  state: string;
}

export const isRecord = (node: GraphNode): boolean => node.kind === "record";

function radius(node: ApiNode): number {
  if (node.kind === "record") return node.records > 1 ? Math.min(6 + 1.4 * Math.sqrt(node.records), 22) : 4;
  return Math.min(4.5 + 0.9 * Math.sqrt(node.records), 16);
}

export class Model {
  nodes: GraphNode[] = [];
  lines: Line[] = [];
  links: Line[] = [];
  readonly byId = new Map<string, GraphNode>();
  readonly hidden = new Set<string>(); // kinds
  threshold = 0;
  showLinks = false;

  constructor(readonly api: ApiGraph) {
    for (const node of api.nodes) this.add(node, null);
    const at = (place: number): GraphNode => this.nodes[place] as GraphNode;
    api.edges.record.forEach((from, k) => {
      this.tie(at(from), at(api.edges.shown[k] as number), api.edges.records[k] as number);
    });
    api.links.a.forEach((a, k) => {
      const weight = api.links.weight[k] as number;
      const line = { source: at(a), target: at(api.links.b[k] as number), records: api.links.links[k] as number, bits: weight };
      this.links.push({ ...line, link: true, state: api.links.state[k] as string });
    });
  }

  private add(node: ApiNode, parent: GraphNode | null): GraphNode {
    const made: GraphNode = { ...node, x: 0, y: 0, vx: 0, vy: 0, r: radius(node), lines: [], parent, gone: false };
    this.nodes.push(made);
    this.byId.set(made.id, made);
    return made;
  }

  private tie(source: GraphNode, target: GraphNode, records: number): void {
    const line: Line = { source, target, records, bits: target.bits ?? 0, link: false, state: "none" };
    this.lines.push(line);
    source.lines.push(line);
    target.lines.push(line);
  }

  shown(node: GraphNode): boolean {
    if (node.gone) return false;
    return isRecord(node) || (!this.hidden.has(node.kind) && (node.bits ?? 0) >= this.threshold);
  }

  drawn(line: Line): boolean {
    if (line.link && (!this.showLinks || line.bits < this.threshold || line.state === "rejected")) return false;
    return this.shown(line.source) && this.shown(line.target);
  }

  /** What is tied to a node by lines that are drawn, the strongest first. */
  around(node: GraphNode): GraphNode[] {
    const lines = node.lines.filter((line) => this.drawn(line)).sort((a, b) => b.bits - a.bits || b.records - a.records);
    return lines.map((line) => (line.source === node ? line.target : line.source));
  }

  /** Put records of a node in its place. */
  expand(node: GraphNode, records: { record_id: string; title: string; platform: string; posted_at: string | null; shows: string[] }[]): GraphNode[] {
    node.gone = true;
    const made = records.map((record, k) => {
      const child = this.add(
        {
          id: `record:${record.record_id}:in:${node.id}`, kind: "record", value: record.record_id, label: record.title || record.platform,
          records: 1, bits: null, first_seen: record.posted_at, last_seen: record.posted_at,
        },
        node,
      );
      const turn = k * 2.39996;
      child.x = node.x + Math.cos(turn) * 5 * Math.sqrt(k + 1);
      child.y = node.y + Math.sin(turn) * 5 * Math.sqrt(k + 1);
      for (const id of record.shows) {
        const shown = this.byId.get(id);
        if (shown) this.tie(child, shown, 1);
      }
      return child;
    });
    const rest = node.records - records.length;
    if (rest > 0) {
      const more = this.add({ ...node, id: `${node.id}:rest`, label: `${rest} more records`, records: rest }, node);
      more.x = node.x;
      more.y = node.y + 12;
      for (const line of [...node.lines]) this.tie(more, line.target, Math.min(line.records, rest));
      made.push(more);
    }
    return made;
  }

  /** Take the records of a node together again. */
  collapse(node: GraphNode): void {
    const children = new Set(this.nodes.filter((other) => other.parent === node));
    node.gone = false;
    this.nodes = this.nodes.filter((other) => !children.has(other));
    this.lines = this.lines.filter((line) => !children.has(line.source));
    for (const other of this.nodes) other.lines = other.lines.filter((line) => !children.has(line.source));
    for (const child of children) this.byId.delete(child.id);
  }

  /** Into how many parts the records fall by what is drawn, and how many records are in the largest. */
  parts(): { parts: number; largest: number; records: number } {
    const up = new Map<GraphNode, GraphNode>();
    const top = (node: GraphNode): GraphNode => {
      let at = node;
      for (let next = up.get(at); next; next = up.get(at)) {
        const over = up.get(next);
        if (over) up.set(at, over);
        at = next;
      }
      return at;
    };
    for (const line of [...this.lines, ...this.links.filter((link) => link.state === "accepted")]) {
      if (!this.shown(line.source) || !this.shown(line.target)) continue;
      const [a, b] = [top(line.source), top(line.target)];
      if (a !== b) up.set(a, b);
    }
    const held = new Map<GraphNode, number>();
    let records = 0;
    for (const node of this.nodes) {
      if (!isRecord(node) || node.gone) continue;
      records += node.records;
      const root = top(node);
      held.set(root, (held.get(root) ?? 0) + node.records);
    }
    return { parts: held.size, largest: Math.max(0, ...held.values()), records };
  }
}
