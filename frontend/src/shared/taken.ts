// Room on a drawing: which rectangles are taken.

const CELL = 64;
type Box = readonly [x: number, y: number, width: number, height: number];

export class Taken {
  private readonly cells = new Map<string, Box[]>();

  private *keys([x, y, w, h]: Box): Generator<string> {
    for (let i = Math.floor(x / CELL); i <= Math.floor((x + w) / CELL); i++)
      for (let j = Math.floor(y / CELL); j <= Math.floor((y + h) / CELL); j++) yield `${i},${j}`;
  }

  add(...box: Box): void {
    for (const key of this.keys(box)) {
      const cell = this.cells.get(key);
      if (cell) cell.push(box);
      else this.cells.set(key, [box]);
    }
  }

  free(...box: Box): boolean {
    const [x, y, w, h] = box;
    for (const key of this.keys(box)) {
      for (const [a, b, c, d] of this.cells.get(key) ?? []) if (x < a + c && a < x + w && y < b + d && b < y + h) return false;
    }
    return true;
  }

  /** Take a rectangle if it is free. */
  take(...box: Box): boolean {
    if (!this.free(...box)) return false;
    this.add(...box);
    return true;
  }
}
