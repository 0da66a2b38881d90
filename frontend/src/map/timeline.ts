// The timeline under the map: a row for each who moves, bars for stays, a mark for each record. Drag to choose a span.
import { scaleUtc, type ScaleTime } from "d3-scale";
import { short } from "../shared/dom";
import { brief, clock, spanned, type Choice } from "./data";
import { draw, widthOf } from "./svg";

/** A mark of the axis: the coarsest that tells it from its neighbours. */
function tickWords(at: Date): string {
  const seconds = at.getTime() / 1000;
  if (at.getUTCHours() || at.getUTCMinutes()) return clock(seconds);
  return at.getUTCDate() > 1 ? brief(seconds) : brief(seconds, true).slice(2);
}

const [ROW, HEAD, NAMES, EDGE] = [24, 24, 168, 12];
const LETTER = 7.2; // wide, in a name
const AXIS = "Time (UTC)";

export interface Heard {
  span(span: [number, number] | null): void;
  track(track: number): void;
}

export class Timeline {
  private width = 0;
  private scale: ScaleTime<number, number> = scaleUtc();
  private readonly axis = draw("g");
  private readonly rows = draw("g");
  private readonly shade = draw("g");

  constructor(
    readonly head: SVGSVGElement,
    readonly svg: SVGSVGElement,
    private readonly choice: Choice,
    private readonly heard: Heard,
  ) {
    head.replaceChildren(this.axis);
    svg.replaceChildren(this.rows, this.shade);
    for (const target of [head, svg]) this.follow(target);
  }

  /** Drag over the times chooses a span; a click on a row chooses it; a click on the axis takes the span back. */
  private follow(target: SVGSVGElement): void {
    let start: number | null = null;
    let dragged = false;
    const x = (event: PointerEvent): number => event.clientX - this.svg.getBoundingClientRect().left;
    target.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      start = x(event) < this.names ? null : x(event);
      dragged = false;
    });
    target.addEventListener("pointermove", (event) => {
      if (start === null) return;
      if (!dragged && Math.abs(x(event) - start) > 4) {
        dragged = true;
        target.setPointerCapture(event.pointerId);
      }
      if (dragged) this.heard.span(this.between(start, x(event)));
    });
    target.addEventListener("pointerup", (event) => {
      if (!dragged) {
        const row = Math.floor((event.clientY - this.svg.getBoundingClientRect().top) / ROW);
        if (target === this.head) this.heard.span(null);
        else if (row >= 0 && row < this.choice.api.tracks.length) this.heard.track(row);
      }
      start = null;
      dragged = false;
    });
    target.addEventListener("pointercancel", () => (start = null));
  }

  private between(a: number, b: number): [number, number] {
    const [low, high] = a < b ? [a, b] : [b, a];
    const time = (x: number): number => this.scale.invert(Math.max(this.names, Math.min(this.width - EDGE, x))).getTime() / 1000;
    return [Math.max(this.choice.whole[0], time(low)), Math.min(this.choice.whole[1], time(high))];
  }

  /** How wide the names before the times are. */
  private get names(): number {
    return Math.min(NAMES, Math.round(this.width * 0.36));
  }

  /** Marks of the axis whose words do not run into those before them. */
  private ticks(): Date[] {
    let free = 8 + widthOf(AXIS, 11);
    return this.scale.ticks(Math.max(2, Math.floor((this.width - this.names) / 110))).filter((tick) => {
      const half = widthOf(tickWords(tick), 11) / 2 + 4;
      const x = this.scale(tick);
      if (x - half < free || x + half > this.width) return false;
      free = x + half;
      return true;
    });
  }

  /** How high all rows are. */
  get height(): number {
    return this.choice.api.tracks.length * ROW;
  }

  resize(width: number): void {
    this.width = width;
    this.scale = scaleUtc()
      .domain([new Date(this.choice.whole[0] * 1000), new Date(this.choice.whole[1] * 1000)])
      .range([this.names, width - EDGE]);
    for (const [svg, height] of [[this.head, HEAD], [this.svg, this.height]] as const) {
      svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      svg.setAttribute("width", String(width));
      svg.setAttribute("height", String(height));
    }
    this.axis.replaceChildren(
      draw("text", { x: 4, y: 16, class: "line-soft" }, AXIS),
      ...this.ticks().map((tick) =>
        draw("g", {}, draw("line", { x1: this.scale(tick), x2: this.scale(tick), y1: 18, y2: HEAD, class: "line-tick" }), draw("text", { x: this.scale(tick), y: 14, "text-anchor": "middle", class: "line-soft" }, tickWords(tick))),
      ),
    );
  }

  private x(time: number): number {
    return this.scale(new Date(time * 1000));
  }

  paint(): void {
    const { choice } = this;
    const { tracks, posts, places } = choice.api;
    const now = choice.step === null ? null : (choice.moves()[choice.step] ?? null);
    const rows = tracks.map((track, k) => {
      const chosen = choice.track === k ? " chosen" : choice.track === null ? "" : " dim";
      return draw("g", { class: `line-row${chosen}`, "data-track": track.value },
        draw("rect", { x: 0, y: k * ROW, width: this.width, height: ROW, class: "line-back" }),
        draw("text", { x: 4, y: k * ROW + 16, class: "line-name" }, short(track.label, Math.floor((this.names - 8) / LETTER))),
        draw("title", {}, `${track.label}: ${track.posts} records, ${track.moves} moves`));
    });
    const bars = choice.stays.map((stay) => this.bar(stay.track, stay.place, stay.first, stay.last, short(places[stay.place]?.value ?? "", 40)));
    const marks = posts.time.map((time, k) => {
      const [track, place] = [posts.track[k] as number, posts.place[k] as number];
      const [x, y] = [this.x(time), track * ROW + ROW / 2];
      const state = choice.holds(track, place, time) ? "in" : "out";
      return posts.edited[k]
        ? draw("path", { d: `M${x.toFixed(1)} ${y - 6}l4.5 6l-4.5 6l-4.5 -6Z`, class: `line-edit ${state}` })
        : draw("line", { x1: x, x2: x, y1: y - 4, y2: y + 4, class: `line-mark ${state}` });
    });
    const signs = choice.api.moves.flatMap((move) => {
      if (!move.verdict && move !== now) return [];
      const [x0, x1, y] = [this.x(move.left), this.x(move.arrived), move.track * ROW + ROW / 2];
      const look = move === now ? "now" : move.verdict;
      return [draw("line", { x1: x0, x2: x1, y1: y, y2: y, class: `line-jump ${look}` }), draw("text", { x: (x0 + x1) / 2, y: y + 4, "text-anchor": "middle", class: `line-sign ${look}` }, move.verdict === "air" ? "✕" : move.verdict === "road" ? "!" : "●")];
    });
    this.rows.replaceChildren(...rows, ...bars, ...marks, ...signs);
    const [from, to] = choice.span.map((time) => this.x(time)) as [number, number];
    const shades = choice.narrowed ? [[this.names, from], [to, this.width - EDGE]] : [];
    this.shade.replaceChildren(...shades.map(([a, b]) => draw("rect", { x: a as number, y: 0, width: Math.max((b as number) - (a as number), 0), height: this.height, class: "line-shade" })));
    this.head.setAttribute("aria-label", `Times: ${spanned(choice.whole)}; chosen: ${spanned(choice.span)}`);
  }

  private bar(track: number, place: number, first: number, last: number, words: string): SVGElement {
    const [x, width] = [this.x(first) - 3, this.x(last) - this.x(first) + 6];
    const y = track * ROW + 4;
    const state = this.choice.place === place ? "chosen" : "";
    const bar = draw("g", { class: `line-stay ${state}` }, draw("rect", { x, y, width, height: ROW - 8, rx: 3 }), draw("title", {}, words));
    const room = widthOf(words, 11) + 14;
    if (room < width) bar.append(draw("text", { x: x + 9, y: y + 12, class: "line-place" }, words));
    return bar;
  }
}
