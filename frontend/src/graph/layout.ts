// Where nodes lie: the same data gives the same picture. A first placement that can be shown at once, then forces.
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY, type Simulation } from "d3-force";
import { isRecord, type GraphNode, type Line, type Model } from "./model";

const GOLDEN = 2.39996; // turn from one place of a spiral to the next

/** Place what is shown on a spiral, the widest in the middle, and records amid what they show. */
export function place(model: Model): void {
  const shown = model.nodes.filter((node) => !isRecord(node)).sort((a, b) => b.records - a.records || (a.id < b.id ? -1 : 1));
  const step = 26;
  shown.forEach((node, k) => {
    node.x = Math.cos(k * GOLDEN) * step * Math.sqrt(k);
    node.y = Math.sin(k * GOLDEN) * step * Math.sqrt(k);
  });
  model.nodes.filter(isRecord).forEach((node, k) => {
    let [x, y, sum] = [0, 0, 0];
    for (const line of node.lines) {
      const pull = 1 / Math.max(line.target.records, 1); // what few show says most about where a record belongs
      x += line.target.x * pull;
      y += line.target.y * pull;
      sum += pull;
    }
    node.x = (sum ? x / sum : 0) + Math.cos(k * GOLDEN) * 14;
    node.y = (sum ? y / sum : 0) + Math.sin(k * GOLDEN) * 14;
  });
}

/** Forces over the nodes that are not gone; stopped, to be ticked by hand. `d3-force` draws its chances from a fixed seed. */
function forces(model: Model): { simulation: Simulation<GraphNode, Line>; ticks: number } {
  const nodes = model.nodes.filter((node) => !node.gone);
  const lines = model.lines.filter((line) => !line.source.gone && !line.target.gone);
  const many = nodes.length > 600;
  const degree = new Map<GraphNode, number>();
  for (const line of lines) for (const end of [line.source, line.target]) degree.set(end, (degree.get(end) ?? 0) + 1);
  const least = (line: Line): number => Math.min(degree.get(line.source) ?? 1, degree.get(line.target) ?? 1);
  const simulation = forceSimulation<GraphNode>(nodes)
    .force("charge", forceManyBody<GraphNode>().strength((node) => -18 - 3 * node.r).theta(many ? 1.3 : 0.9).distanceMax(many ? 400 : 600))
    .force(
      "link",
      forceLink<GraphNode, Line>(lines)
        .distance((line) => 22 + line.source.r + line.target.r)
        .strength((line) => 0.8 / Math.max(least(line), 1)),
    )
    .force("x", forceX<GraphNode>(0).strength(0.035))
    .force("y", forceY<GraphNode>(0).strength(0.05))
    .stop();
  if (!many) simulation.force("collide", forceCollide<GraphNode>((node) => node.r + 3).iterations(1));
  const ticks = many ? 90 : 220;
  simulation.alphaDecay(1 - Math.pow(0.002, 1 / ticks));
  return { simulation, ticks };
}

/** The forces at work, until they have come to rest. */
export class Settling {
  left = 0; // ticks until then
  private simulation: Simulation<GraphNode, Line> | null = null;

  constructor(private readonly model: Model) {}

  start(): void {
    const { simulation, ticks } = forces(this.model);
    [this.simulation, this.left] = [simulation, ticks];
  }

  /** A little more, from where all is; ``anew`` when there are other nodes. */
  warm(alpha: number, anew: boolean): void {
    if (!this.simulation || anew) this.simulation = forces(this.model).simulation.alpha(0);
    this.simulation.alpha(Math.max(this.simulation.alpha(), alpha));
    this.left = Math.max(this.left, 40);
  }

  /** Run for so many milliseconds, one tick at least. */
  run(milliseconds: number): void {
    const until = performance.now() + milliseconds;
    do {
      this.simulation?.tick();
      this.left -= 1;
    } while (this.left > 0 && performance.now() < until);
  }

  finish(): void {
    if (this.left > 0) this.simulation?.tick(this.left);
    this.left = 0;
  }
}
