// <clew-graph src="/api/v1/networks/N/graph?nodes=500">: records and what they share, drawn on a canvas.
import { onTheme, palette } from "./shared/colour";
import { button, el, plural, read } from "./shared/dom";
import { typing } from "./shared/keys";
import { keep } from "./shared/save";
import { FONT } from "./graph/draw";
import { kindsOf, png, svg, tables } from "./graph/export";
import { called } from "./graph/kinds";
import { entry } from "./graph/legend";
import { isRecord, Model, type ApiGraph, type GraphNode } from "./graph/model";
import { address, Panel } from "./graph/panel";
import { findPath, named } from "./graph/path";
import { View } from "./graph/view";

class ClewGraph extends HTMLElement {
  private readonly gone = new AbortController();
  private readonly canvas = el("canvas", {
    tabindex: "0", role: "application", "aria-roledescription": "graph", "aria-describedby": "graph-keys",
    "aria-label": "Graph of records and what they show",
  });
  private readonly aside = el("aside", { class: "panel graph-aside", tabindex: "0", "aria-label": "What is chosen" });
  private readonly status = el("p", { class: "drawn-status", role: "status" }, "Reading the graph…");
  private readonly said = el("p", { class: "visually-hidden", "aria-live": "polite" });
  private readonly tools = el("div", { class: "drawn-tools", role: "group", "aria-label": "What is drawn" });
  private readonly legend = el("div", { class: "graph-legend", role: "group", "aria-label": "Kinds that are drawn" });
  private model: Model | null = null;
  private view: View | null = null;
  private panel: Panel | null = null;
  private from: GraphNode | null = null;

  connectedCallback(): void {
    const stage = el("div", { class: "graph-stage" }, this.canvas);
    this.dataset["ownLetters"] = "";
    this.replaceChildren(this.tools, stage, this.aside, this.status, this.legend, this.said);
    this.load().catch((error: unknown) => {
      if (error instanceof Error && error.name !== "AbortError") this.status.textContent = error.message;
      this.dataset["state"] = "failed";
    });
  }

  disconnectedCallback(): void {
    this.gone.abort();
  }

  private async load(): Promise<void> {
    const src = this.getAttribute("src") ?? "";
    const api = await read<ApiGraph>(src, this.gone.signal);
    const model = (this.model = new Model(api));
    this.panel = new Panel(this.aside, src.split("?")[0] ?? src, api.network_id, model, {
      expand: (node) => void this.expand(node),
      collapse: (node) => this.collapse(node),
      pin: (node) => this.pin(node),
      from: (node) => this.begin(node),
      to: (node) => this.end(node),
      show: (node) => this.choose(node),
      endPath: () => this.forget(),
    });
    this.view = new View(this.canvas, model, palette(), {
      choose: (node) => this.choose(node),
      hover: (node) => (this.canvas.title = node ? `${called(node.kind)}: ${node.label}, ${plural(node.records, "record")}` : ""),
      free: (node) => this.pin(node, true),
      settled: () => (this.dataset["state"] = "settled"),
    });
    this.dataset["state"] = "drawn";
    this.panel.rest();
    this.build();
    this.changed();
    this.view.settle(matchMedia("(prefers-reduced-motion: reduce)").matches);
    this.addEventListener("keydown", (event) => this.key(event));
    onTheme(() => this.view?.retone(palette()), this.gone.signal);
    const sized = new ResizeObserver(() => this.view?.resize());
    sized.observe(this.canvas);
    this.gone.signal.addEventListener("abort", () => sized.disconnect());
  }

  /** The tools above and the legend under the graph. */
  private build(): void {
    const model = this.model as Model;
    const most = Math.ceil(Math.max(0, ...model.nodes.map((node) => node.bits ?? 0)));
    const weak = el("input", { type: "range", min: "0", max: String(most), step: "0.5", value: "0" });
    const bits = el("output", { class: "graph-bits" }, "all");
    weak.addEventListener("input", () => {
      model.threshold = Number(weak.value);
      bits.textContent = model.threshold ? `${model.threshold} bits or more` : "all";
      this.changed();
    });
    const links = el("input", { type: "checkbox" });
    links.addEventListener("change", () => {
      model.showLinks = links.checked;
      this.view?.refresh();
    });
    const search = el("input", { type: "search", placeholder: "Find in the graph", "aria-label": "Find in the graph", autocomplete: "off" });
    search.addEventListener("input", () => this.find(search.value));
    search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.next();
    });
    const save = el("select", { "aria-label": "Save as" }, el("option", { value: "" }, "Save as…"));
    for (const [value, word] of [["svg", "Picture (SVG)"], ["png", "Picture (PNG)"], ["nodes", "Nodes (CSV)"], ["lines", "Lines (CSV)"]]) save.append(el("option", { value: value as string }, word as string));
    save.addEventListener("change", () => {
      void this.save(save.value);
      save.value = "";
    });
    this.tools.replaceChildren(
      search,
      ...(most ? [el("label", { class: "graph-weak" }, "Hide weak ties ", weak, bits)] : []),
      ...(model.links.length ? [el("label", {}, links, "Links")] : []),
      el("span", { class: "row drawn-zoom" }, button("−", () => this.view?.scale(1 / 1.4), { "aria-label": "Zoom out" }), button("+", () => this.view?.scale(1.4), { "aria-label": "Zoom in" }), button("Show all", () => this.view?.frame())),
      save,
    );
    this.legend.replaceChildren(...kindsOf(model).map((kind) => entry(model, kind, () => this.changed())));
  }

  /** What is shown has changed: draw, and say into how many parts it falls. */
  private changed(): void {
    const model = this.model as Model;
    this.view?.refresh();
    const { parts, largest, records } = model.parts();
    this.dataset["parts"] = String(parts);
    this.dataset["nodes"] = String(model.nodes.filter((node) => model.shown(node)).length);
    const ties = model.lines.filter((line) => model.drawn(line)).length;
    const whole = parts === 1 ? "they hang together" : `in ${parts.toLocaleString("en")} parts, the largest of ${plural(largest, "record")}`;
    this.status.textContent = `${plural(records, "record")}, ${plural(ties, "line")} drawn: ${whole}${model.threshold ? ` at ${model.threshold} bits or more` : ""}.`;
  }

  private choose(node: GraphNode | null): void {
    const { view, panel } = this;
    if (!view || !panel) return;
    view.marks.selected = node;
    view.marks.anchor ??= node;
    if (node) {
      panel.show(node, this.from, view.marks.path as GraphNode[]);
      view.reveal(node);
      this.said.textContent = `${called(node.kind)} ${node.label}, ${plural(node.records, "record")}, ${plural(this.model?.around(node).length ?? 0, "tie")}`;
    } else {
      view.marks.anchor = null;
      panel.rest();
    }
    this.dataset["chosen"] = node?.id ?? "";
    view.refresh();
  }

  /** Arrows go round what is tied to the anchor; down makes the chosen node the anchor, up goes back to it. Beside the canvas only letters act. */
  private key(event: KeyboardEvent): void {
    const { view, model } = this;
    if (!view || !model || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target !== this.canvas && (typing(event.target) || !/^[a-z]$/.test(event.key))) return;
    const chosen = view.marks.selected;
    const acts: Record<string, () => void> = {
      ArrowRight: () => this.turn(1),
      ArrowLeft: () => this.turn(-1),
      ArrowDown: () => this.enter(),
      ArrowUp: () => this.leave(),
      Enter: () => {
        const href = chosen && address(chosen);
        if (href) location.assign(href);
      },
      "+": () => view.scale(1.4),
      "-": () => view.scale(1 / 1.4),
      "0": () => view.frame(),
      p: () => chosen && this.pin(chosen),
      e: () => chosen && (chosen.parent ? this.collapse(chosen) : void this.expand(chosen)),
      f: () => chosen && this.begin(chosen),
      t: () => chosen && this.end(chosen),
      Escape: () => this.choose(null),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  private turn(step: number): void {
    const { view, model } = this;
    if (!view || !model) return;
    const anchor = view.marks.anchor ?? view.order()[0];
    if (!anchor) return;
    view.marks.anchor = anchor;
    if (!view.marks.selected) return this.choose(anchor);
    const around = model.around(anchor);
    const at = around.indexOf(view.marks.selected);
    const next = at < 0 ? around[step > 0 ? 0 : around.length - 1] : around[(at + step + around.length) % around.length];
    if (next) this.choose(next);
  }

  private enter(): void {
    const { view, model } = this;
    if (!view || !model) return;
    if (!view.marks.selected) return this.turn(1);
    const before = view.marks.anchor;
    view.marks.anchor = view.marks.selected;
    const around = model.around(view.marks.selected);
    const next = around.find((node) => node !== before) ?? around[0];
    if (next) this.choose(next);
  }

  private leave(): void {
    const anchor = this.view?.marks.anchor;
    if (anchor) this.choose(anchor);
  }

  private pin(node: GraphNode, free = typeof node.fx === "number"): void {
    [node.fx, node.fy] = free ? [null, null] : [node.x, node.y];
    if (free) this.view?.warm(0.08);
    this.choose(node);
  }

  private async expand(node: GraphNode): Promise<void> {
    const { model, view, panel } = this;
    if (!model || !view || !panel || !isRecord(node) || node.records < 2 || node.gone) return;
    const opened = await panel.open(node, 100);
    const made = model.expand(node, opened.items);
    view.marks.anchor = null;
    view.warm(0.25, true);
    this.choose(made[0] ?? null);
    this.changed();
  }

  private collapse(node: GraphNode): void {
    const parent = node.parent;
    if (!parent || !this.model || !this.view) return;
    this.model.collapse(parent);
    this.view.marks.path = this.view.marks.path.filter((other) => !other.parent);
    this.view.marks.anchor = null;
    this.view.warm(0.15, true);
    this.choose(parent);
    this.changed();
  }

  private begin(node: GraphNode): void {
    this.from = node;
    if (this.view) this.view.marks.path = [];
    this.choose(node);
    this.status.textContent = `Path from ${named(node)}: choose another node, then “Path to here” or t.`;
  }

  private end(node: GraphNode): void {
    if (!this.view || !this.model || !this.from) return;
    const path = findPath(this.model, this.from, node);
    this.view.marks.path = path;
    this.dataset["path"] = path.map((step) => step.id).join(" ");
    this.choose(node);
    if (path.length) this.status.textContent = `The path rests on ${plural(path.filter((step) => !isRecord(step)).length, "shared identifier")}; it is told beside the graph.`;
    else this.status.textContent = `Nothing that is drawn leads from ${named(this.from)} to ${named(node)}.`;
  }

  private forget(): void {
    this.from = null;
    if (this.view) this.view.marks.path = [];
    this.dataset["path"] = "";
    this.choose(this.view?.marks.selected ?? null);
    this.changed();
  }

  private find(text: string): void {
    const wanted = text.trim().toLowerCase();
    const { model, view } = this;
    if (!model || !view) return;
    const hits = wanted ? model.nodes.filter((node) => model.shown(node) && `${node.label} ${node.value}`.toLowerCase().includes(wanted)) : [];
    view.marks.found = new Set(hits);
    this.dataset["found"] = String(hits.length);
    if (wanted) this.status.textContent = hits.length ? `${plural(hits.length, "node")} found; Enter goes to the next.` : "Nothing that is drawn is called so.";
    else this.changed();
    view.refresh();
  }

  private next(): void {
    const hits = [...(this.view?.marks.found ?? [])];
    const at = this.view?.marks.selected ? hits.indexOf(this.view.marks.selected) : -1;
    const next = hits[(at + 1) % Math.max(hits.length, 1)];
    if (next) this.choose(next);
  }

  private async save(what: string): Promise<void> {
    const { model, view } = this;
    if (!model || !view || !what) return;
    const name = `clew-${model.api.network_id}-graph`;
    const measure = document.createElement("canvas").getContext("2d");
    if (measure) measure.font = FONT;
    if (what === "svg") keep(`${name}.svg`, svg(model, palette(), `Network ${model.api.network_id}: ${this.status.textContent ?? ""}`, view.order(), (text) => measure?.measureText(text).width ?? text.length * 7), "image/svg+xml");
    else if (what === "png") {
      const picture = await png(model, palette(), view.order());
      if (picture) keep(`${name}.png`, picture);
    } else keep(`${name}-${what}.csv`, tables(model)[what === "nodes" ? 0 : 1], "text/csv");
  }
}

customElements.define("clew-graph", ClewGraph);
