// <clew-map src="/api/v1/networks/N/movements?follow=phone" world="/static/built/countries-50m.json">:
// a map without a network, moves in order, and a timeline; what is chosen in one narrows the other.
import { select } from "d3-selection";
import { zoom, zoomIdentity, type D3ZoomEvent, type ZoomTransform } from "d3-zoom";
import { onTheme, palette } from "./shared/colour";
import { button, el, plural, read, short } from "./shared/dom";
import { csv, keep } from "./shared/save";
import { Chart, looks } from "./map/chart";
import { brief, Choice, clock, day, HOUR, minute, spanned, type ApiMovements, type Expected, type Move } from "./map/data";
import { pngOf, svgOf } from "./map/export";
import { draw } from "./map/svg";
import { Timeline } from "./map/timeline";
import { projectionFor, world, type World } from "./map/world";

const LISTED = 200; // moves beside the map
const BEAT = 1100; // milliseconds from move to move when they are played
const SHORT: Record<string, string> = { phone: "Any number", name: "Any name", image: "Any picture", item: "Any item" };

/** What the marks of map and timeline mean. */
function legend(): HTMLElement {
  const sample = (word: string, ...marks: SVGElement[]): HTMLElement => el("span", {}, draw("svg", { width: 28, height: 14, viewBox: "0 0 28 14", "aria-hidden": "true" }, ...marks), ` ${word}`);
  const arc = (look: string): SVGElement => draw("path", { d: "M2 11Q13 0 25 9", class: `map-arc ${look}`, "stroke-width": 1.5 });
  return el("div", { class: "map-legend" },
    sample("records here, chosen and all", draw("circle", { cx: 14, cy: 7, r: 6.5, class: "map-all" }), draw("circle", { cx: 14, cy: 7, r: 4, class: "map-now" })),
    sample("move; numbers in the order of time", arc("plain")),
    sample("◆ item edited to another place", arc("edit")),
    sample("! not by road", arc("road")),
    sample("✕ not even by air", arc("air")),
    sample("expected next: the wider, the likelier", draw("circle", { cx: 14, cy: 7, r: 6, class: "map-next" })),
    sample("stay, with its records", draw("g", { class: "line-stay" }, draw("rect", { x: 1, y: 1, width: 26, height: 12, rx: 3 })), draw("line", { x1: 8, x2: 8, y1: 3, y2: 11, class: "line-mark in" }), draw("line", { x1: 18, x2: 18, y1: 3, y2: 11, class: "line-mark in" })),
  );
}

class ClewMap extends HTMLElement {
  private readonly gone = new AbortController();
  private readonly map = draw("svg", { class: "map-svg" });
  private readonly stage = el("div", { class: "map-stage", tabindex: "0", role: "application", "aria-roledescription": "map", "aria-label": "Map of places and moves", "aria-describedby": "map-keys" });
  private readonly head = draw("svg", { class: "line-head", role: "img" });
  private readonly line = draw("svg", { class: "line-svg", role: "img", "aria-label": "Timeline: a row for each who moves" });
  private readonly scroller = el("div", { class: "line-scroll", tabindex: "0", role: "region", "aria-label": "Timeline" });
  private readonly tools = el("div", { class: "drawn-tools", role: "group", "aria-label": "What is shown" });
  private readonly aside = el("aside", { class: "panel map-aside", tabindex: "0", "aria-label": "Moves in order" });
  private readonly status = el("p", { class: "drawn-status", role: "status" }, "Reading the movements…");
  private readonly from = el("input", { type: "range", min: "0", max: "1000", value: "0", "aria-label": "First day that is shown" });
  private readonly until = el("input", { type: "range", min: "0", max: "1000", value: "1000", "aria-label": "Last day that is shown" });
  private readonly places = el("select", { "aria-label": "Place" });
  private readonly tracks = el("select", { "aria-label": "Who moves" });
  private readonly playing = button("Play", () => this.play(), { class: "button small" });
  private readonly back = button("◀", () => this.step(-1), { "aria-label": "Move before" });
  private readonly on = button("▶", () => this.step(1), { "aria-label": "Next move" });
  private choice!: Choice;
  private chart!: Chart;
  private timeline!: Timeline;
  private ground: World | null = null;
  private transform: ZoomTransform = zoomIdentity;
  private readonly zoom = zoom<HTMLDivElement, unknown>();
  private size: [number, number] = [0, 0];
  private beat = 0;
  private framed = false;
  private asked = 0;

  connectedCallback(): void {
    this.stage.append(this.map);
    this.scroller.append(this.line);
    this.replaceChildren(this.tools, this.stage, this.aside, el("div", { class: "map-line" }, this.head, this.scroller), this.status, legend());
    this.load().catch((error: unknown) => {
      if (error instanceof Error && error.name !== "AbortError") this.status.textContent = error.message;
      this.dataset["state"] = "failed";
    });
  }

  disconnectedCallback(): void {
    this.gone.abort();
    clearInterval(this.beat);
  }

  private async load(): Promise<void> {
    const ground = world(this.getAttribute("world") ?? "", this.gone.signal);
    ground.catch(() => undefined); // told below
    const api = await read<ApiMovements>(this.getAttribute("src") ?? "", this.gone.signal);
    this.choice = new Choice(api);
    const next = this.getAttribute("next");
    // The map is whole without what may come.
    if (next) this.choice.expected = await read<{ expected: Expected[] }>(next, this.gone.signal).then(({ expected }) => expected, () => []);
    this.chart = new Chart(this.map, this.choice, (place) => this.narrow({ place: this.choice.place === place ? null : place }));
    this.timeline = new Timeline(this.head, this.line, this.choice, {
      span: (span) => this.narrow({ span: span ?? [...this.choice.whole] }),
      track: (track) => this.narrow({ track: this.choice.track === track ? null : track }),
    });
    this.build();
    this.moveable();
    const sized = new ResizeObserver(() => this.resize());
    sized.observe(this.stage);
    this.gone.signal.addEventListener("abort", () => sized.disconnect());
    onTheme(() => this.paint(), this.gone.signal);
    this.resize();
    this.dataset["state"] = "drawn"; // places and moves are there before the countries are
    this.ground = await ground;
    this.size = [0, 0];
    this.resize();
    this.dataset["state"] = "settled";
  }

  private build(): void {
    const { api } = this.choice;
    this.places.append(el("option", { value: "" }, "Any place"), ...api.places.map((place, k) => el("option", { value: k }, `${place.value} (${place.records})`)));
    this.tracks.append(el("option", { value: "" }, SHORT[api.follow] ?? "Anyone"), ...api.tracks.map((track, k) => el("option", { value: k }, `${short(track.label, 40)} (${plural(track.moves, "move")})`)));
    this.places.addEventListener("change", () => this.narrow({ place: this.places.value ? Number(this.places.value) : null }));
    this.tracks.addEventListener("change", () => this.narrow({ track: this.tracks.value ? Number(this.tracks.value) : null }));
    for (const input of [this.from, this.until]) input.addEventListener("input", () => this.slide());
    const save = el("select", { "aria-label": "Save as" }, el("option", { value: "" }, "Save as…"), el("option", { value: "svg" }, "Picture (SVG)"), el("option", { value: "png" }, "Picture (PNG)"), el("option", { value: "csv" }, "Moves (CSV)"));
    save.addEventListener("change", () => {
      void this.save(save.value);
      save.value = "";
    });
    this.tools.replaceChildren(
      this.places, this.tracks,
      el("span", { class: "row map-span" }, "From ", this.from, " to ", this.until),
      el("span", { class: "row drawn-zoom" },
        this.back, this.playing, this.on,
        button("−", () => this.scale(1 / 1.5), { "aria-label": "Zoom out" }), button("+", () => this.scale(1.5), { "aria-label": "Zoom in" }),
        button("Show all", () => this.all())),
      save,
    );
    this.playable();
    this.stage.addEventListener("keydown", (event) => this.key(event));
  }

  /** Without a move there is nothing to play or to step through. */
  private playable(): void {
    const none = this.choice.moves().length === 0;
    for (const one of [this.back, this.playing, this.on]) one.disabled = none;
    if (none) this.stop();
  }

  /** The wheel zooms with Ctrl or when the map has the focus, so that the page still scrolls; two fingers move it. */
  private moveable(): void {
    this.zoom
      .filter((event: Event) => {
        if (event instanceof WheelEvent) return event.ctrlKey || document.activeElement === this.stage;
        if (event.type.startsWith("touch")) return (event as TouchEvent).touches.length > 1;
        return event instanceof MouseEvent ? event.button === 0 && !event.ctrlKey : true;
      })
      .on("zoom", (event: D3ZoomEvent<HTMLDivElement, unknown>) => {
        this.transform = event.transform;
        this.asked ||= requestAnimationFrame(() => {
          this.asked = 0;
          this.chart.paint(this.transform, this.size);
        });
      })
      .on("end", () => this.say());
    select(this.stage).call(this.zoom).on("dblclick.zoom", null).style("touch-action", "pan-x pan-y");
    this.stage.addEventListener("click", () => {
      if (this.choice.place !== null) this.narrow({ place: null });
    });
  }

  /** Look at where nearly all records are; places far off that few records name come into view with "Show all". */
  private frame(): void {
    const [width, height] = this.size;
    const to = this.chart.bulk(width, height);
    if (to) select(this.stage).call(this.zoom.transform, to);
  }

  private scale(by: number): void {
    select(this.stage).call(this.zoom.scaleBy, by);
  }

  private resize(): void {
    const [width, height] = [this.stage.clientWidth, this.stage.clientHeight];
    if (!width || (width === this.size[0] && height === this.size[1])) return;
    this.size = [width, height];
    this.map.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.map.setAttribute("width", String(width));
    this.map.setAttribute("height", String(height));
    this.chart.project(this.ground, projectionFor(this.choice.api.places, width, height), width, height);
    // Not nearer than countries can be told, and not past what is drawn of them.
    this.zoom.scaleExtent([0.7, this.chart.deepest]).translateExtent([[-width, -height], [2 * width, 2 * height]]);
    this.timeline.resize(this.scroller.clientWidth);
    if (!this.framed) this.frame();
    this.framed = true;
    this.paint();
  }

  private narrow(to: Partial<Pick<Choice, "span" | "place" | "track">>): void {
    Object.assign(this.choice, to, { step: null });
    this.stop();
    this.playable();
    this.paint();
  }

  private all(): void {
    select(this.stage).call(this.zoom.transform, zoomIdentity);
    this.narrow({ span: [...this.choice.whole], place: null, track: null });
  }

  private slide(): void {
    const [first, last] = this.choice.whole;
    const time = (input: HTMLInputElement): number => first + ((last - first) * Number(input.value)) / 1000;
    const [a, b] = [time(this.from), time(this.until)];
    this.narrow({ span: [Math.min(a, b), Math.max(a, b)] });
  }

  /** Draw all of it again, and say what is shown. */
  private paint(): void {
    const { choice } = this;
    const [first, last] = choice.whole;
    const place = (time: number): string => String(Math.round(((time - first) / (last - first)) * 1000));
    [this.from.value, this.until.value] = [place(choice.span[0]), place(choice.span[1])];
    this.from.setAttribute("aria-valuetext", day(choice.span[0]));
    this.until.setAttribute("aria-valuetext", day(choice.span[1]));
    this.places.value = choice.place === null ? "" : String(choice.place);
    this.tracks.value = choice.track === null ? "" : String(choice.track);
    this.chart.paint(this.transform, this.size);
    this.timeline.paint();
    const moves = choice.moves();
    this.list(moves);
    this.dataset["moves"] = String(moves.length);
    this.dataset["step"] = choice.step === null ? "" : String(choice.step + 1);
    this.say();
    for (const item of document.querySelectorAll<HTMLElement>("[data-move]")) {
      item.classList.toggle("soft", !moves.some((move) => `${move.track}-${move.number}` === item.dataset["move"]));
    }
  }

  /** Say what is shown, and how many places are not. */
  private say(): void {
    const { choice } = this;
    const moves = choice.moves();
    const now = choice.step === null ? undefined : moves[choice.step];
    const outside = this.chart.outside(this.transform, this.size);
    const away = outside ? ` ${plural(outside, "place")} out of view: “Show all”.` : "";
    const wrong = moves.filter((move) => move.verdict).length;
    this.status.textContent = now
      ? `Move ${(choice.step ?? 0) + 1} of ${moves.length}, ${minute(now.arrived)}: ${now.sentence}`
      : `${spanned(choice.span)}: ${plural(moves.length, "move")}${wrong ? `, ${wrong} of them too far in too short a time (✕ not even by air, ! not by road)` : ""}.${away}`;
  }

  private list(moves: Move[]): void {
    const { choice } = this;
    const list = el("ol", { class: "map-moves" });
    const years = choice.whole[1] - choice.whole[0] > 300 * 24 * HOUR;
    moves.slice(0, LISTED).forEach((move, k) => {
      const look = looks(move);
      const sign = { plain: "", edit: "◆ edited ", air: "✕ ", road: "! " }[look];
      const [from, to] = [choice.api.places[move.origin]?.value ?? "", choice.api.places[move.target]?.value ?? ""];
      const words = button("", () => this.go(k), { class: `map-move ${look}`, "aria-current": choice.step === k ? "step" : null, title: `${minute(move.arrived)}: ${move.sentence}` });
      words.replaceChildren(el("span", {}, `${sign}${from} → ${to}`), el("span", { class: "beside" }, `${brief(move.arrived, years)} ${clock(move.arrived)} · ${move.km.toLocaleString("en")} km · ${choice.api.tracks[move.track]?.label ?? ""}`));
      list.append(el("li", {}, words));
    });
    const rest = moves.length - LISTED;
    const title = el("h2", {}, plural(moves.length, "move"), " in order (UTC)");
    const scrolled = this.aside.scrollTop;
    const held = this.aside.contains(document.activeElement);
    this.aside.replaceChildren(title, moves.length ? list : el("p", { class: "soft" }, "No move in what is chosen. “Show all” takes the choice back."), ...(rest > 0 ? [el("p", { class: "soft" }, `and ${rest.toLocaleString("en")} more: choose a shorter time.`)] : []));
    this.aside.scrollTop = scrolled;
    const current = this.aside.querySelector<HTMLElement>("[aria-current='step']");
    if (current) this.aside.scrollTop = current.offsetTop - this.aside.clientHeight / 2;
    if (held) (current ?? this.aside).focus({ preventScroll: true });
  }

  private go(step: number | null): void {
    this.choice.step = step;
    this.paint();
    const now = step === null ? undefined : this.choice.moves()[step];
    if (now) this.scroller.scrollTop = Math.max(0, now.track * 24 - this.scroller.clientHeight / 2);
  }

  private step(by: number): void {
    const many = this.choice.moves().length;
    if (!many) return;
    const at = this.choice.step;
    this.go(at === null ? (by > 0 ? 0 : many - 1) : Math.min(many - 1, Math.max(0, at + by)));
    if (by > 0 && this.choice.step === many - 1) this.stop();
  }

  private play(): void {
    if (this.playing.disabled) return;
    if (this.beat) return this.stop();
    this.playing.textContent = "Pause";
    this.step(1);
    this.beat = window.setInterval(() => this.step(1), BEAT);
  }

  private stop(): void {
    clearInterval(this.beat);
    this.beat = 0;
    this.playing.textContent = "Play";
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const acts: Record<string, () => void> = {
      ArrowRight: () => this.step(1), ArrowLeft: () => this.step(-1), " ": () => this.play(), "+": () => this.scale(1.5), "-": () => this.scale(1 / 1.5),
      "0": () => void select(this.stage).call(this.zoom.transform, zoomIdentity),
      Escape: () => this.all(),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  private async save(what: string): Promise<void> {
    if (!what) return;
    const { api } = this.choice;
    const name = `clew-${api.network_id}-locations`;
    if (what === "csv") {
      const rows = this.choice.moves().map((move, k) => [
        k + 1, api.tracks[move.track]?.value ?? "", api.places[move.origin]?.value ?? "", api.places[move.target]?.value ?? "", minute(move.left), minute(move.arrived),
        move.km, move.kmh, move.edit ? "edit" : "", move.verdict === "air" ? "not even by air" : move.verdict === "road" ? "not by road" : "", move.record_left, move.record_arrived,
      ]);
      return keep(`${name}.csv`, csv([["move", api.follow, "from", "to", "left", "arrived", "km", "kmh", "edit", "too_fast", "record_left", "record_arrived"], ...rows]), "text/csv");
    }
    const picture = svgOf([this.map, this.head, this.line], `Network ${api.network_id}. ${this.status.textContent ?? ""}`, palette()("--surface"));
    if (what === "svg") return keep(`${name}.svg`, picture, "image/svg+xml");
    const blob = await pngOf(picture);
    if (blob) keep(`${name}.png`, blob);
  }
}

customElements.define("clew-map", ClewMap);
