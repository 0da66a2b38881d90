// How each kind of node looks and is called: a shape and a colour of its own.

interface Kind {
  word: string;
  token: string;
  /** Corners around the middle, at distance 1; none: a circle. */
  corners: readonly (readonly [number, number])[];
}

function regular(corners: number, turn: number, size = 1): [number, number][] {
  return Array.from({ length: corners }, (_, k) => {
    const angle = turn + (k * 2 * Math.PI) / corners;
    return [Math.cos(angle) * size, Math.sin(angle) * size];
  });
}

const UP = -Math.PI / 2;
const SQUARE = regular(4, Math.PI / 4, 1.2);
const PAGE: [number, number][] = [[-0.75, -1.05], [0.35, -1.05], [0.75, -0.6], [0.75, 1.05], [-0.75, 1.05]];
const PLUS: [number, number][] = [
  [-0.4, -1.1], [0.4, -1.1], [0.4, -0.4], [1.1, -0.4], [1.1, 0.4], [0.4, 0.4], [0.4, 1.1], [-0.4, 1.1], [-0.4, 0.4], [-1.1, 0.4],
  [-1.1, -0.4], [-0.4, -0.4],
];

export const KINDS: Record<string, Kind> = {
  record: { word: "record", token: "--soft", corners: [] },
  phone: { word: "phone", token: "--k-phone", corners: SQUARE },
  email: { word: "email", token: "--k-email", corners: regular(4, 0, 1.25) },
  handle: { word: "handle", token: "--k-handle", corners: regular(3, UP, 1.3) },
  url: { word: "url", token: "--k-url", corners: regular(3, -UP, 1.3) },
  domain: { word: "domain", token: "--k-url", corners: regular(6, 0, 1.1) },
  image: { word: "image", token: "--k-image", corners: regular(5, UP, 1.2) },
  template: { word: "template", token: "--k-template", corners: PAGE },
  wallet: { word: "wallet", token: "--k-money", corners: regular(8, Math.PI / 8, 1.1) },
  account: { word: "account", token: "--k-money", corners: PLUS },
  widget: { word: "id in the code", token: "--k-url", corners: regular(5, -UP, 1.2) },
  company: { word: "company number", token: "--k-money", corners: regular(6, UP, 1.1) },
  conversation: { word: "conversation", token: "--k-template", corners: regular(3, 0, 1.3) },
  name: { word: "name", token: "--k-handle", corners: regular(3, UP, 1.3) },
  cash: { word: "cash or unknown", token: "--k-other", corners: SQUARE },
  item: { word: "item in several versions", token: "--k-other", corners: regular(6, UP, 1.1) },
};
const OTHER: Kind = { word: "other", token: "--k-other", corners: regular(7, UP) };

export const kindOf = (kind: string): Kind => KINDS[kind] ?? OTHER;
export const called = (kind: string): string => (kind === "item" ? "item" : kindOf(kind).word);
export const ORDER = Object.keys(KINDS);

/** Add a node's outline to a path of a canvas. */
export function trace(path: CanvasPath, kind: string, x: number, y: number, r: number): void {
  const { corners } = kindOf(kind);
  if (!corners.length) {
    path.moveTo(x + r, y);
    path.arc(x, y, r, 0, 2 * Math.PI);
    return;
  }
  corners.forEach(([dx, dy], k) => (k ? path.lineTo(x + dx * r, y + dy * r) : path.moveTo(x + dx * r, y + dy * r)));
  path.closePath();
}

/** The same as the text of an SVG path. */
export function outline(kind: string, x: number, y: number, r: number): string {
  const n = (value: number): string => value.toFixed(1);
  const { corners } = kindOf(kind);
  if (!corners.length) return `M${n(x - r)} ${n(y)}a${n(r)} ${n(r)} 0 1 0 ${n(2 * r)} 0a${n(r)} ${n(r)} 0 1 0 ${n(-2 * r)} 0Z`;
  return `M${corners.map(([dx, dy]) => `${n(x + dx * r)} ${n(y + dy * r)}`).join("L")}Z`;
}
