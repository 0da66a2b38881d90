// The graph on a canvas. What does not move while something is dragged is drawn once and kept.
import type { ZoomTransform } from "d3-zoom";
import { kindOf, trace } from "./kinds";
import { isRecord, type GraphNode, type Line, type Model } from "./model";
import type { Label } from "./labels";

export interface Marks {
  selected: GraphNode | null;
  hovered: GraphNode | null;
  anchor: GraphNode | null;
  path: readonly GraphNode[];
  found: ReadonlySet<GraphNode>;
}

export type Colour = (name: string) => string;

export const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif';
const STRONG = [16, 8]; // bits from which a line is drawn strong, middling

const width = (bits: number): number => (bits >= (STRONG[0] as number) ? 1.4 : bits >= (STRONG[1] as number) ? 0.9 : 0.5);

/** Sizes on the screen grow slower than the picture, so that a close look separates nodes. */
export const scaleOf = (k: number): number => Math.min(Math.max(Math.sqrt(k), 0.55), 2.2);

const MANY = 3000; // lines above which only some are drawn while all of them move
const SOME = 1500;

export class Painter {
  /** While everything moves a part of very many lines is enough: all of them are there again at rest. */
  hasty = false;

  constructor(
    private readonly model: Model,
    private readonly colour: Colour,
  ) {}

  /** Draw lines and nodes; ``some`` says which (all, all but what moves, or what moves). */
  paint(ctx: CanvasRenderingContext2D, view: ZoomTransform, marks: Marks, some: (node: GraphNode) => boolean = () => true): void {
    const one = (line: Line): boolean => some(line.source) && some(line.target);
    this.lines(ctx, view, marks, one);
    this.nodes(ctx, view, marks, some);
  }

  /** What moves: its lines, whatever they lead to, and itself. */
  paintMoving(ctx: CanvasRenderingContext2D, view: ZoomTransform, marks: Marks, moving: ReadonlySet<GraphNode>): void {
    this.lines(ctx, view, marks, (line) => moving.has(line.source) || moving.has(line.target));
    this.nodes(ctx, view, marks, (node) => moving.has(node));
  }

  private lines(ctx: CanvasRenderingContext2D, view: ZoomTransform, marks: Marks, some: (line: Line) => boolean): void {
    const classes = new Map<number, Path2D>([[0.5, new Path2D()], [0.9, new Path2D()], [1.4, new Path2D()]]);
    const [links, near] = [new Path2D(), new Path2D()];
    const focus = marks.selected ?? marks.hovered;
    const all = this.model.showLinks ? [...this.model.lines, ...this.model.links] : this.model.lines;
    const stride = this.hasty && all.length > MANY ? Math.ceil(all.length / SOME) : 1;
    for (let k = 0; k < all.length; k += stride) {
      const line = all[k] as Line;
      if (!this.model.drawn(line) || !some(line)) continue;
      const path = line.source === focus || line.target === focus ? near : line.link ? links : classes.get(width(line.bits));
      path?.moveTo(view.applyX(line.source.x), view.applyY(line.source.y));
      path?.lineTo(view.applyX(line.target.x), view.applyY(line.target.y));
    }
    ctx.strokeStyle = this.colour("--line-strong");
    ctx.globalAlpha = this.model.lines.length > 3000 ? 0.3 : 0.5;
    for (const [size, path] of classes) {
      ctx.lineWidth = size;
      ctx.stroke(path);
    }
    ctx.globalAlpha = 1;
    ctx.setLineDash([4, 3]);
    ctx.stroke(links);
    ctx.setLineDash([]);
    ctx.strokeStyle = this.colour("--text");
    ctx.lineWidth = 1.2;
    ctx.stroke(near);
    if (marks.path.length > 1) {
      ctx.strokeStyle = this.colour("--accent");
      ctx.lineWidth = 4;
      ctx.beginPath();
      marks.path.forEach((node, k) => (k ? ctx.lineTo(view.applyX(node.x), view.applyY(node.y)) : ctx.moveTo(view.applyX(node.x), view.applyY(node.y))));
      ctx.stroke();
    }
  }

  private nodes(ctx: CanvasRenderingContext2D, view: ZoomTransform, marks: Marks, some: (node: GraphNode) => boolean): void {
    const size = scaleOf(view.k);
    const fills = new Map<string, Path2D>();
    const groups: GraphNode[] = [];
    const pins = new Path2D();
    for (const node of this.model.nodes) {
      if (!this.model.shown(node) || !some(node)) continue;
      const [x, y, r] = [view.applyX(node.x), view.applyY(node.y), node.r * size];
      let path = fills.get(node.kind);
      if (!path) fills.set(node.kind, (path = new Path2D()));
      trace(path, node.kind, x, y, r);
      if (isRecord(node) && node.records > 1) groups.push(node);
      if (typeof node.fx === "number") pins.rect(x - 2, y - 2, 4, 4);
    }
    ctx.lineWidth = 1.5;
    for (const [kind, path] of fills) {
      ctx.fillStyle = this.colour(kind === "record" ? "--surface" : kindOf(kind).token);
      ctx.strokeStyle = this.colour(kind === "record" ? "--text" : "--surface");
      ctx.fill(path);
      ctx.stroke(path);
    }
    ctx.fillStyle = this.colour("--text");
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.font = FONT.replace("12px", "11px");
    for (const node of groups) {
      if (node.r * size >= 7) ctx.fillText(String(node.records), view.applyX(node.x), view.applyY(node.y) + 0.5);
    }
    ctx.fillStyle = this.colour("--surface");
    ctx.strokeStyle = this.colour("--text");
    ctx.lineWidth = 1;
    ctx.fill(pins);
    ctx.stroke(pins);
    this.rings(ctx, view, marks, size);
  }

  private rings(ctx: CanvasRenderingContext2D, view: ZoomTransform, marks: Marks, size: number): void {
    const ring = (node: GraphNode, gap: number, line: number, token: string, dash: number[] = []): void => {
      if (!this.model.shown(node)) return;
      ctx.beginPath();
      ctx.arc(view.applyX(node.x), view.applyY(node.y), node.r * size * 1.15 + gap, 0, 2 * Math.PI);
      ctx.strokeStyle = this.colour(token);
      ctx.lineWidth = line;
      ctx.setLineDash(dash);
      ctx.stroke();
      ctx.setLineDash([]);
    };
    for (const node of marks.found) ring(node, 3, 2, "--warn", [3, 2]);
    for (const node of marks.path) ring(node, 2, 2, "--accent");
    if (marks.anchor && marks.anchor !== marks.selected) ring(marks.anchor, 4, 1.5, "--text", [2, 3]);
    if (marks.hovered && marks.hovered !== marks.selected) ring(marks.hovered, 3, 1.5, "--text");
    if (marks.selected) ring(marks.selected, 4, 3, "--accent");
  }

  /** Names, with a rim so that lines under them do not hurt. */
  labels(ctx: CanvasRenderingContext2D, view: ZoomTransform, labels: readonly Label[]): void {
    ctx.font = FONT;
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    ctx.lineJoin = "round";
    ctx.lineWidth = 3;
    ctx.strokeStyle = this.colour("--surface");
    ctx.fillStyle = this.colour("--text");
    for (const label of labels) {
      const [x, y] = [view.applyX(label.node.x) + label.dx + 2, view.applyY(label.node.y) + label.dy];
      ctx.strokeText(label.text, x, y);
      ctx.fillText(label.text, x, y);
    }
  }
}
