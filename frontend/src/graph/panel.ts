// What stands beside the graph about the node that is chosen: what it is, its records, its weakest links, the path.
import { button, el, plural, read, short } from "../shared/dom";
import { called } from "./kinds";
import { isRecord, type GraphNode, type Model } from "./model";
import { named, sentences } from "./path";

interface Opened {
  total: number;
  items: { record_id: string; title: string; platform: string; place: string | null; posted_at: string | null; shows: string[] }[];
  links: { record_a: string; record_b: string; other: string; weight: number; state: string; evidence: { type: string; value: string; bits: number }[] }[];
  links_total: number;
}

export interface Acts {
  expand(node: GraphNode): void;
  collapse(node: GraphNode): void;
  pin(node: GraphNode): void;
  from(node: GraphNode): void;
  to(node: GraphNode): void;
  show(node: GraphNode): void;
  endPath(): void;
}

const day = (time: string | null): string => (time ? `${time.slice(0, 10)}` : "–");
const minute = (time: string | null): string => (time ? `${time.slice(0, 10)} ${time.slice(11, 16)} UTC` : "no time");

/** Where more is to be read about a node. */
export function address(node: GraphNode): string | null {
  if (isRecord(node)) return `/records/${encodeURIComponent(node.value)}`;
  if (node.kind === "template") return `/templates/${encodeURIComponent(node.value)}`;
  if (node.kind === "item" || node.kind === "cash") return null;
  return `/search?q=${encodeURIComponent(`${node.kind}:${node.value}`)}`;
}

/** Id of a node as the API knows it. */
export const apiId = (node: GraphNode): string => node.id.split(":in:")[0]?.replace(/:rest$/, "") ?? node.id;

export class Panel {
  private asked = new AbortController();
  /** Records are payments here, and what they show are accounts; nothing is worth bits. */
  private readonly money: boolean;

  constructor(
    private readonly home: HTMLElement,
    private readonly api: string,
    private readonly network: string,
    private readonly model: Model,
    private readonly acts: Acts,
  ) {
    this.money = api.includes("/money/");
  }

  /** The records of a node; a page of the latest. */
  async open(node: GraphNode, limit: number): Promise<Opened> {
    this.asked.abort();
    this.asked = new AbortController();
    // A record that was taken out of its node is a node of its own only here: ask with every identifier.
    const by = node.parent ? 1_000_000 : this.model.api.by;
    const query = new URLSearchParams({ node: apiId(node), by: String(by), limit: String(limit) });
    return read<Opened>(`${this.api}/node?${query}`, this.asked.signal);
  }

  /** Nothing is chosen: say what can be done. */
  rest(): void {
    this.asked.abort();
    this.redraw(
      el("h2", {}, "Nothing chosen"),
      el("p", { class: "soft" }, "Click a node, or focus the graph and use the arrow keys: what it is, its records and its links stand here."),
      el("h3", {}, "What is drawn"),
      this.money
        ? el("p", {}, `${plural(this.model.api.records, "payment")} and ${plural(this.model.api.identifiers, "account")}. A circle is what went from one account to another; the number in it is how many payments.`)
        : el("p", {}, `${plural(this.model.api.records, "record")} and ${plural(this.model.api.identifiers, "identifier")}. The thicker a line, the more it says when two records show the same: 16 bits or more, 8 or more, or less. The number in a circle is how many records show the same.`),
      ...this.model.api.said.map((sentence) => el("p", { class: "notice quiet" }, sentence)),
    );
  }

  /** Show a node; its records and links follow when they are read. */
  show(node: GraphNode, from: GraphNode | null, path: GraphNode[]): void {
    const facts = el("dl", { class: "facts" });
    const fact = (word: string, value: string): void => facts.append(el("dt", {}, word), el("dd", {}, value));
    fact("Kind", isRecord(node) && node.records > 1 ? (this.money ? "payments" : "records that show the same") : called(node.kind));
    fact(this.money ? "Payments" : isRecord(node) ? "Records" : "Shown by", plural(node.records, this.money ? "payment" : "record"));
    if (!isRecord(node) && !this.money) fact("Evidence", node.bits === null ? (node.records > 1 ? "no link here rests on it" : "one record: ties nothing") : `${node.bits.toFixed(1)} bits when shared`);
    fact("Seen", node.first_seen === node.last_seen ? day(node.first_seen) : `${day(node.first_seen)} – ${day(node.last_seen)} UTC`);
    const href = address(node);
    const head = el("h2", { class: "graph-name", dir: "auto" }, short(node.label, 90));
    const more = el("div", { class: "stack graph-more" }, el("p", { class: "soft" }, "Reading its records…"));
    this.redraw(head, facts, this.buttons(node, from, href), ...this.path(path), more);
    void this.open(node, 12).then(
      (opened) => more.replaceChildren(this.records(opened), ...(isRecord(node) && !this.money ? [this.links(opened)] : [])),
      (error: unknown) => {
        if (error instanceof Error && error.name !== "AbortError") more.replaceChildren(el("p", { class: "notice bad" }, error.message));
      },
    );
  }

  /** Draw anew; who was on a button stays on it, or in the panel if it is gone. */
  private redraw(...content: Node[]): void {
    const held = this.home.contains(document.activeElement) ? (document.activeElement as HTMLElement) : null;
    this.home.replaceChildren(...content);
    if (held) (this.home.querySelector<HTMLElement>(`[data-act='${held.dataset["act"] ?? ""}']`) ?? this.home).focus({ preventScroll: true });
  }

  private buttons(node: GraphNode, from: GraphNode | null, href: string | null): HTMLElement {
    const row = el("div", { class: "row" });
    if (href) row.append(el("a", { class: "button small primary", href }, isRecord(node) ? "Open record" : node.kind === "template" ? "Open template" : "Search for it"));
    if (isRecord(node) && node.records > 1 && !node.id.endsWith(":rest")) row.append(button("Expand", () => this.acts.expand(node), { "data-act": "expand" }));
    if (node.parent) row.append(button("Collapse", () => this.acts.collapse(node), { "data-act": "collapse" }));
    row.append(button(typeof node.fx === "number" ? "Unpin" : "Pin", () => this.acts.pin(node), { "data-act": "pin" }));
    row.append(button("Path from here", () => this.acts.from(node), { "data-act": "from" }));
    if (from && from !== node) row.append(button("Path to here", () => this.acts.to(node), { "data-act": "to" }));
    return row;
  }

  private path(path: GraphNode[]): HTMLElement[] {
    if (path.length < 2) return [];
    const steps = el("ol", { class: "graph-path" });
    for (const sentence of sentences(path)) steps.append(el("li", {}, sentence));
    const title = `Path from ${named(path[0] as GraphNode)} to ${named(path[path.length - 1] as GraphNode)}`;
    return [el("section", { class: "graph-found" }, el("h3", {}, title), steps, button("Forget the path", () => this.acts.endPath()))];
  }

  private records(opened: Opened): HTMLElement {
    const list = el("ul", { class: "graph-records" });
    for (const record of opened.items) {
      const about = [record.platform, record.place, minute(record.posted_at)].filter(Boolean).join(" · ");
      list.append(el("li", {}, el("a", { href: `/records/${record.record_id}`, dir: "auto" }, short(record.title || record.record_id.slice(0, 10), 70)), el("span", { class: "beside" }, about)));
    }
    const rest = opened.total - opened.items.length;
    return el(
      "section", {}, el("h3", {}, plural(opened.total, this.money ? "payment" : "record")), list,
      rest > 0 && el("p", { class: "soft" }, `${plural(rest, "earlier record")} more; expand the node or see `, el("a", { href: `/networks/${this.network}/records` }, "all records"), "."),
    );
  }

  private links(opened: Opened): HTMLElement {
    const list = el("ul", { class: "graph-records" });
    for (const link of opened.links) {
      const why = link.evidence.slice(0, 4).map((part) => `${part.type} ${short(part.value, 24)}`).join(", ");
      const href = `/networks/${this.network}/links/decide?a=${link.record_a}&b=${link.record_b}`;
      const word = link.state === "rejected" ? "Rejected: look again" : "Reject or accept";
      list.append(
        el("li", {}, el("span", { dir: "auto" }, `${link.weight.toFixed(1)} bits to “${short(link.other, 40)}”`), el("span", { class: "beside" }, `both show ${why || "nothing that is known now"}`), el("a", { href }, word)),
      );
    }
    const title = opened.links_total > opened.links.length ? `Weakest ${opened.links.length} of ${plural(opened.links_total, "link")}` : plural(opened.links_total, "link");
    return el("section", {}, el("h3", {}, title), opened.links.length ? list : el("p", { class: "soft" }, "No link leads to another record."));
  }
}
