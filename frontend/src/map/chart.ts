// The map itself: countries, places as circles, moves as arcs with a direction, and names where they fit.
import { zoomIdentity, type ZoomTransform } from "d3-zoom";
import type { GeoProjection } from "d3-geo";
import { Taken } from "../shared/taken";
import { short } from "../shared/dom";
import type { Choice, Move } from "./data";
import { draw, widthOf } from "./svg";
import { deepest, landAt, lands, net, type Land, type World } from "./world";

type Look = "plain" | "edit" | "air" | "road";

interface Arc {
  look: Look;
  moves: [number, Move][]; // with their place in the order
  origin: number;
  target: number;
}

const BEND: Record<Look, number> = { plain: 0.16, edit: 0.24, road: 0.32, air: 0.4 };
const SIGN: Record<Look, string> = { plain: "", edit: "◆", air: "✕", road: "!" };
export const looks = (move: Move): Look => move.verdict || (move.edit ? "edit" : "plain");

export class Chart {
  private readonly ground = draw("g", { class: "map-ground" });
  private readonly arcs = draw("g", { class: "map-arcs" });
  private readonly dots = draw("g", { class: "map-dots" });
  private readonly names = draw("g", { class: "map-names" });
  private land: Land[] = [];
  private projection: GeoProjection | null = null;
  /** How far it may be zoomed into. */
  deepest = 1;
  private points: [number, number][] = [];

  constructor(
    readonly svg: SVGSVGElement,
    private readonly choice: Choice,
    private readonly choose: (place: number) => void,
  ) {
    const arrows = (["plain", "edit", "air", "road", "now"] as const).map((look) =>
      draw("marker", { id: `map-arrow-${look}`, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, markerUnits: "userSpaceOnUse", orient: "auto" }, draw("path", { d: "M0 0L8 4L0 8Z", class: `map-head ${look}` })),
    );
    svg.replaceChildren(draw("defs", {}, ...arrows), this.ground, this.arcs, this.dots, this.names);
  }

  /** The ground is drawn once for each size. */
  project(world: World | null, projection: GeoProjection, width: number, height: number): void {
    this.projection = projection;
    this.deepest = deepest(projection, width, height);
    this.land = world ? lands(world.countries, projection) : [];
    this.points = this.choice.api.places.map((place) => projection([place.longitude, place.latitude]) ?? [0, 0]);
    this.ground.replaceChildren(draw("path", { d: net(projection), class: "map-net" }), ...this.land.map((land) => draw("path", { d: land.outline, class: "map-land" })));
  }

  /** A view of the places that hold nearly all records, when the rest lies so far off that it would make them one spot. */
  bulk(width: number, height: number): ZoomTransform | null {
    const { places } = this.choice.api; // those of most records first
    const total = places.reduce((sum, place) => sum + place.records, 0);
    let held = 0;
    const near = places.filter((place) => {
      const in_ = held < 0.9 * total;
      held += place.records;
      return in_;
    });
    if (near.length < 2 || near.length === places.length) return null;
    const [xs, ys] = [0, 1].map((axis) => near.map((_, k) => (this.points[k] as [number, number])[axis] as number)) as [number[], number[]];
    const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const k = Math.min((width * 0.7) / Math.max(x1 - x0, 1), (height * 0.66) / Math.max(y1 - y0, 1), this.deepest);
    if (k < 2.5) return null;
    return zoomIdentity.translate(width / 2, height / 2).scale(k).translate(-(x0 + x1) / 2, -(y0 + y1) / 2);
  }

  /** How many places lie outside of the view. */
  outside(view: ZoomTransform, [width, height]: [number, number]): number {
    return this.points.map((point) => view.apply(point)).filter(([x, y]) => x < 0 || y < 0 || x > width || y > height).length;
  }

  private radius(records: number): number {
    return records ? Math.min(3.5 + 1.5 * Math.sqrt(records), 26) : 0;
  }

  /** Draw what is chosen. */
  paint(view: ZoomTransform, size: [number, number]): void {
    this.ground.setAttribute("transform", view.toString());
    const at = this.points.map((point) => view.apply(point));
    const counts = this.choice.counts();
    const taken = new Taken();
    this.circles(at, counts, taken);
    const moves = this.choice.moves();
    this.lines(at, counts, moves, taken);
    this.texts(at, counts, view, size, taken);
  }

  private circles(at: [number, number][], counts: number[], taken: Taken): void {
    const { places } = this.choice.api;
    const next = this.choice.chances();
    const marks: SVGElement[] = [];
    places.forEach((place, k) => {
      const [x, y] = at[k] as [number, number];
      const [all, now] = [this.radius(place.records), this.radius(counts[k] ?? 0)];
      const chosen = this.choice.place === k ? " chosen" : "";
      const mark = draw("g", { class: `map-place${chosen}`, "data-place": place.value },
        draw("circle", { cx: x, cy: y, r: Math.max(all, 3), class: "map-all" }),
        draw("circle", { cx: x, cy: y, r: now, class: "map-now" }),
        draw("title", {}, `${place.value}: ${counts[k] ?? 0} of ${place.records} records`));
      const chance = next.at[k] ?? 0;
      if (chance >= 0.1 * next.of && chance > 0) {
        const says = next.of === 1 ? `${Math.round(100 * chance)} %` : `${chance.toFixed(1)} of ${next.of}`;
        mark.append(draw("circle", { cx: x, cy: y, r: Math.max(all, 3) + 3 + (9 * chance) / next.of, class: "map-next" }, draw("title", {}, `${place.value}: expected next, ${says}`)));
      }
      mark.addEventListener("click", (event) => {
        event.stopPropagation();
        this.choose(k);
      });
      marks.unshift(mark); // the small ones lie above the large
      taken.add(x - Math.max(all, 3), y - Math.max(all, 3), 2 * Math.max(all, 3), 2 * Math.max(all, 3));
    });
    this.dots.replaceChildren(...marks.reverse());
  }

  private lines(at: [number, number][], counts: number[], moves: Move[], taken: Taken): void {
    const arcs = new Map<string, Arc>();
    moves.forEach((move, k) => {
      const look = looks(move);
      const key = `${move.origin} ${move.target} ${look}`;
      const arc = arcs.get(key) ?? { look, moves: [], origin: move.origin, target: move.target };
      arc.moves.push([k + 1, move]);
      arcs.set(key, arc);
    });
    const now = this.choice.step === null ? null : (moves[this.choice.step] ?? null);
    const paths: SVGElement[] = [];
    const tags: SVGElement[] = [];
    // What is impossible is drawn last, and what is looked at above all.
    const order = [...arcs.values()].sort((a, b) => BEND[a.look] - BEND[b.look]);
    for (const arc of order) this.arc(arc, at, counts, now, taken, paths, tags);
    this.arcs.replaceChildren(...paths, ...tags);
  }

  private arc(arc: Arc, at: [number, number][], counts: number[], now: Move | null, taken: Taken, paths: SVGElement[], tags: SVGElement[]): void {
    const [[ax, ay], [bx, by]] = [at[arc.origin] as [number, number], at[arc.target] as [number, number]];
    const far = Math.hypot(bx - ax, by - ay);
    if (far < 1) return;
    const bend = BEND[arc.look];
    const [cx, cy] = [(ax + bx) / 2 + (by - ay) * bend, (ay + by) / 2 - (bx - ax) * bend];
    const edge = (x: number, y: number, r: number): [number, number] => {
      const away = Math.hypot(cx - x, cy - y) || 1;
      return [x + ((cx - x) / away) * Math.min(r, far / 3), y + ((cy - y) / away) * Math.min(r, far / 3)];
    };
    const [sx, sy] = edge(ax, ay, this.radius(counts[arc.origin] ?? 0));
    const [tx, ty] = edge(bx, by, this.radius(counts[arc.target] ?? 0) + 2);
    const current = now !== null && arc.moves.some(([, move]) => move === now);
    const state = current ? "now" : now ? "dim" : "";
    const [d, many] = [`M${sx.toFixed(1)} ${sy.toFixed(1)}Q${cx.toFixed(1)} ${cy.toFixed(1)} ${tx.toFixed(1)} ${ty.toFixed(1)}`, arc.moves.length];
    const path = draw("path", { d, class: `map-arc ${arc.look} ${state}`, "stroke-width": Math.min(1 + Math.log2(many) * 0.7, 5), "marker-end": `url(#map-arrow-${current ? "now" : arc.look})` });
    path.append(draw("title", {}, arc.moves.slice(0, 8).map(([k, move]) => `${k}. ${move.sentence}`).join("\n") + (many > 8 ? `\nand ${many - 8} more` : "")));
    paths.push(path);
    const numbers = current && now ? String(arc.moves.find(([, move]) => move === now)?.[0]) : many > 3 ? `×${many}` : arc.moves.map(([k]) => k).join(", ");
    const words = [SIGN[arc.look], numbers].filter(Boolean).join(" ");
    const width = widthOf(words, 11, 600) + 6;
    // Along the arc until there is room; what is impossible is always said.
    for (const part of [0.5, 0.4, 0.6, 0.3, 0.7]) {
      const [u, v] = [1 - part, part];
      const [x, y] = [u * u * sx + 2 * u * v * cx + v * v * tx, u * u * sy + 2 * u * v * cy + v * v * ty];
      if (!taken.take(x - width / 2, y - 8, width, 16) && !current) continue;
      tags.push(draw("g", { class: `map-tag ${arc.look} ${state}` }, draw("rect", { x: x - width / 2, y: y - 8, width, height: 16, rx: 3 }), draw("text", { x, y: y + 4, "text-anchor": "middle" }, words)));
      break;
    }
  }

  private texts(at: [number, number][], counts: number[], view: ZoomTransform, size: [number, number], taken: Taken): void {
    const names: SVGElement[] = [];
    this.choice.api.places.forEach((place, k) => {
      const [x, y] = at[k] as [number, number];
      if (x < 0 || y < 0 || x > size[0] || y > size[1]) return;
      const r = Math.max(this.radius(place.records), 3);
      const words = short(place.value, 28);
      const width = widthOf(words, 12, 600) + 4;
      const spots: [number, number][] = [[x + r + 4, y], [x - r - 4 - width, y], [x - width / 2, y - r - 10], [x - width / 2, y + r + 10], [x + r * 0.7, y - r - 8], [x + r * 0.7, y + r + 8]];
      const spot = spots.find(([left, middle]) => left >= 2 && left + width <= size[0] - 2 && taken.take(left, middle - 8, width, 16));
      if (spot) names.push(draw("text", { x: spot[0] + 2, y: spot[1] + 4, class: `map-name${counts[k] ? "" : " dim"}` }, words));
    });
    for (const land of this.land) {
      if (!land.middle || !land.name) continue;
      const [x, y] = view.apply(land.middle);
      const width = widthOf(land.name, 11) + 8;
      if (x < width / 2 || y < 12 || x > size[0] - width / 2 || y > size[1] - 12 || land.width * view.k < width) continue;
      if (taken.take(x - width / 2, y - 8, width, 16)) names.push(draw("text", { x, y: y + 4, "text-anchor": "middle", class: "map-country" }, land.name));
    }
    this.names.replaceChildren(...names, ...(names.some((name) => name.classList.contains("map-country")) ? [] : this.here(view, size)));
  }

  /** Where the view is, when it is so near that the country's own name lies outside of it. */
  private here(view: ZoomTransform, [width, height]: [number, number]): SVGElement[] {
    const middle = this.projection?.invert?.(view.invert([width / 2, height / 2]));
    const land = middle && landAt(this.land, middle);
    return land ? [draw("text", { x: width / 2, y: height - 10, "text-anchor": "middle", class: "map-country" }, land.name)] : [];
  }
}
