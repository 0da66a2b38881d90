// The canvas of the graph: what it shows, where the view is, and what the pointer does.
import { drag } from "d3-drag";
import type { Quadtree } from "d3-quadtree";
import { select } from "d3-selection";
import { zoom, zoomIdentity, type D3ZoomEvent, type ZoomBehavior, type ZoomTransform } from "d3-zoom";
import { FONT, Painter, type Colour, type Marks } from "./draw";
import { fit, labelled } from "./export";
import { nodeAt, treeOf } from "./hit";
import { place, Settling } from "./layout";
import type { Label } from "./labels";
import { isRecord, type GraphNode, type Model } from "./model";

const FOLLOW = 600; // nodes up to which the others give way while one is dragged

export interface Heard {
  choose(node: GraphNode | null): void;
  hover(node: GraphNode | null): void;
  free(node: GraphNode): void;
  settled(): void;
}

export class View {
  readonly marks: Marks = { selected: null, hovered: null, anchor: null, path: [], found: new Set() };
  private transform: ZoomTransform = zoomIdentity;
  private readonly zoom: ZoomBehavior<HTMLCanvasElement, unknown>;
  private readonly ctx: CanvasRenderingContext2D;
  private readonly still = document.createElement("canvas");
  private moving: Set<GraphNode> | null = null;
  private kept: ZoomTransform | null = null; // the view of what `still` holds, while the view is moved
  private labels: Label[] = [];
  private cost = 0; // milliseconds that the last painting took
  private tree: Quadtree<GraphNode> | null = null;
  private readonly settling: Settling;
  private framed = false; // somebody moved the view
  private asked = 0;
  private size: [number, number] = [0, 0];
  private painter: Painter;

  constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly model: Model,
    colour: Colour,
    private readonly heard: Heard,
  ) {
    this.ctx = canvas.getContext("2d") as CanvasRenderingContext2D;
    this.painter = new Painter(model, colour);
    this.settling = new Settling(model);
    this.zoom = zoom<HTMLCanvasElement, unknown>()
      .scaleExtent([0.05, 12])
      .filter((event: Event) => this.allows(event))
      .on("start", (event: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
        if (event.sourceEvent && this.count() > FOLLOW && this.settling.left <= 0) this.keepView();
      })
      .on("zoom", (event: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
        this.transform = event.transform;
        if (event.sourceEvent) this.framed = true;
        this.draw();
      })
      .on("end", () => {
        this.kept = null;
        this.name();
      });
    this.pointer();
    this.resize();
    place(model);
    this.frame();
    this.name();
    this.paint();
  }

  /** The wheel zooms with Ctrl or when the graph has the focus, so that the page still scrolls; one finger scrolls it too. */
  private allows(event: Event): boolean {
    if (event instanceof WheelEvent) return event.ctrlKey || document.activeElement === this.canvas;
    if (event.type.startsWith("touch")) return (event as TouchEvent).touches.length > 1;
    return event instanceof MouseEvent ? event.button === 0 && !event.ctrlKey : true;
  }

  private pointer(): void {
    const canvas = select(this.canvas);
    const at = (x: number, y: number): GraphNode | undefined => this.find(x, y) ?? undefined;
    canvas.call(
      drag<HTMLCanvasElement, unknown, GraphNode | undefined>()
        .container(() => this.canvas)
        .clickDistance(4)
        .subject((event: { x: number; y: number }) => at(event.x, event.y) as GraphNode)
        .on("start", (event: { subject: GraphNode }) => this.grab(event.subject))
        .on("drag", (event: { subject: GraphNode; x: number; y: number; sourceEvent: Event }) => this.pull(event.subject, event.sourceEvent))
        .on("end", (event: { subject: GraphNode }) => this.drop(event.subject)),
    );
    canvas.call(this.zoom).on("dblclick.zoom", null).style("touch-action", "pan-x pan-y");
    this.canvas.addEventListener("click", (event) => this.heard.choose(this.find(...this.spot(event))));
    this.canvas.addEventListener("dblclick", (event) => {
      const node = this.find(...this.spot(event));
      if (node) this.heard.free(node);
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (event.buttons || event.pointerType === "touch") return;
      const node = this.find(...this.spot(event));
      if (node !== this.marks.hovered) {
        this.marks.hovered = node;
        this.canvas.classList.toggle("on-node", node !== null);
        this.heard.hover(node);
        this.draw();
      }
    });
  }

  private spot(event: MouseEvent): [number, number] {
    const box = this.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  private grabbed = false;

  private grab(node: GraphNode): void {
    this.grabbed = false;
    if (this.settling.left > 0) this.finish();
    // Leaves go with what they hang on; the rest is drawn once.
    const leaves = this.model.around(node).filter((other) => this.model.around(other).length === 1);
    this.moving = new Set([node, ...leaves]);
    if (this.count() > FOLLOW) this.keepStill();
  }

  private pull(node: GraphNode, event: Event): void {
    const point = event instanceof MouseEvent ? event : (event as TouchEvent).touches[0];
    if (!point || !this.moving) return;
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = this.transform.invert([point.clientX - box.left, point.clientY - box.top]);
    const [dx, dy] = [x - node.x, y - node.y];
    if (!this.grabbed && Math.hypot(dx, dy) * this.transform.k < 3) return;
    this.grabbed = true;
    if (this.count() > FOLLOW) {
      for (const other of this.moving) {
        other.x += dx;
        other.y += dy;
      }
    }
    [node.fx, node.fy, node.x, node.y] = [x, y, x, y];
    if (this.count() <= FOLLOW) this.warm(0.18);
    this.draw();
  }

  private drop(node: GraphNode): void {
    if (!this.grabbed) [this.moving] = [null];
    if (this.moving && this.count() > FOLLOW) for (const other of this.moving) if (typeof other.fx === "number") [other.fx, other.fy] = [other.x, other.y];
    this.moving = null;
    this.tree = null;
    if (this.grabbed) this.heard.choose(node);
    this.name();
  }

  private count(): number {
    return this.model.nodes.length;
  }

  private keepStill(): void {
    [this.still.width, this.still.height] = [this.canvas.width, this.canvas.height];
    const ctx = this.still.getContext("2d");
    const moving = this.moving;
    if (!ctx || !moving) return;
    ctx.setTransform(this.ctx.getTransform());
    ctx.clearRect(0, 0, ...this.size);
    this.painter.paint(ctx, this.transform, { ...this.marks, selected: null, hovered: null, path: [] }, (node) => !moving.has(node));
  }

  /** Keep what is on the screen, to be shifted and scaled while the view is moved. */
  private keepView(): void {
    [this.still.width, this.still.height] = [this.canvas.width, this.canvas.height];
    this.still.getContext("2d")?.drawImage(this.canvas, 0, 0);
    this.kept = this.transform;
  }

  /** Start the forces; what is drawn follows them. */
  settle(still: boolean): void {
    this.settling.start();
    // Where nothing may move on the screen it is drawn, laid out, and drawn again.
    if (still) setTimeout(() => this.finish(), 0);
    else this.draw();
  }

  /** Let the forces run a little, from where all is; ``anew`` when there are other nodes. */
  warm(alpha: number, anew = false): void {
    this.settling.warm(alpha, anew);
    this.draw();
  }

  /** Run what is left of the layout at once. */
  finish(): void {
    this.settling.finish();
    this.rest();
  }

  private rest(): void {
    this.tree = null;
    if (!this.framed) this.frame();
    this.name();
    this.heard.settled();
  }

  /** Show all of it. */
  frame(): void {
    this.framed = false;
    this.move(fit(this.model, this.size[0], this.size[1], 36));
  }

  private move(to: ZoomTransform): void {
    select(this.canvas).call(this.zoom.transform, to);
  }

  /** Zoom about the middle. */
  scale(by: number): void {
    this.framed = true;
    select(this.canvas).call(this.zoom.scaleBy, by);
  }

  /** Bring a node into view. */
  reveal(node: GraphNode): void {
    const [x, y] = this.transform.apply([node.x, node.y]);
    if (x > 40 && y > 40 && x < this.size[0] - 40 && y < this.size[1] - 40) return;
    this.framed = true;
    select(this.canvas).call(this.zoom.translateTo, node.x, node.y);
  }

  /** The node under a point of the canvas. */
  find(x: number, y: number): GraphNode | null {
    this.tree ??= treeOf(this.model.nodes.filter((node) => this.model.shown(node)));
    return nodeAt(this.tree, this.transform, x, y);
  }

  /** Something about what is shown has changed. */
  refresh(): void {
    this.tree = null;
    this.name();
  }

  retone(colour: Colour): void {
    this.painter = new Painter(this.model, colour);
    this.draw();
  }

  /** Nodes in the order in which they are named. */
  order(): GraphNode[] {
    const first = new Set([this.marks.selected, this.marks.anchor, ...this.marks.path, ...this.marks.found].filter((node) => node !== null));
    const worth = (node: GraphNode): number => (first.has(node) ? 1e9 : 0) + (isRecord(node) ? 0.2 : 1) * node.records + (node.bits ?? 0) / 100;
    return this.model.nodes.filter((node) => this.model.shown(node)).sort((a, b) => worth(b) - worth(a) || (a.id < b.id ? -1 : 1));
  }

  /** Place the names anew. */
  private name(): void {
    this.ctx.font = FONT;
    this.labels = labelled(this.transform, this.order(), this.size, (text) => this.ctx.measureText(text).width);
    this.draw();
  }

  resize(): void {
    const [width, height] = [this.canvas.clientWidth, this.canvas.clientHeight];
    if (!width || (width === this.size[0] && height === this.size[1])) return;
    const dense = window.devicePixelRatio || 1;
    this.size = [width, height];
    [this.canvas.width, this.canvas.height] = [Math.round(width * dense), Math.round(height * dense)];
    this.ctx.setTransform(dense, 0, 0, dense, 0, 0);
    if (!this.framed) this.frame();
    this.name();
    this.paint(); // at once: a canvas that is resized is blank
  }

  private draw(): void {
    this.asked ||= requestAnimationFrame(() => {
      this.asked = 0;
      this.step();
      this.paint();
    });
  }

  private step(): void {
    if (this.settling.left <= 0) return;
    // Where painting is slow (no graphics card), more of the time goes into the layout.
    this.settling.run(Math.max(10, 3 * this.cost));
    if (this.settling.left > 0) {
      if (!this.framed && !this.moving) this.transform = fit(this.model, this.size[0], this.size[1], 36);
      this.draw();
    } else if (!this.moving) {
      this.rest();
    }
  }

  private paint(): void {
    const began = performance.now();
    this.ctx.clearRect(0, 0, ...this.size);
    if (this.kept) {
      const scale = this.transform.k / this.kept.k;
      this.ctx.save();
      this.ctx.translate(this.transform.x - this.kept.x * scale, this.transform.y - this.kept.y * scale);
      this.ctx.scale(scale, scale);
      this.ctx.drawImage(this.still, 0, 0, ...this.size);
      this.ctx.restore();
      return;
    }
    this.painter.hasty = this.settling.left > 0 && this.count() > FOLLOW;
    if (this.moving && this.count() > FOLLOW) {
      this.ctx.save();
      this.ctx.resetTransform();
      this.ctx.drawImage(this.still, 0, 0);
      this.ctx.restore();
      this.painter.paintMoving(this.ctx, this.transform, this.marks, this.moving);
    } else {
      this.painter.paint(this.ctx, this.transform, this.marks);
    }
    this.painter.labels(this.ctx, this.transform, this.labels.filter((label) => this.model.shown(label.node)));
    this.cost = performance.now() - began;
  }
}
