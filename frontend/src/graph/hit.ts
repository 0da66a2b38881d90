// Which node lies under the pointer.
import { quadtree, type Quadtree } from "d3-quadtree";
import type { ZoomTransform } from "d3-zoom";
import { scaleOf } from "./draw";
import type { GraphNode } from "./model";

const NEAR = 5; // pixels beside a node that still mean it
const LARGEST = 24; // radius of a node, at most

export const treeOf = (nodes: GraphNode[]): Quadtree<GraphNode> =>
  quadtree<GraphNode>()
    .x((node) => node.x)
    .y((node) => node.y)
    .addAll(nodes);

/** The node whose edge is nearest to a point of the canvas, if it is near at all. */
export function nodeAt(tree: Quadtree<GraphNode>, view: ZoomTransform, x: number, y: number): GraphNode | null {
  const [gx, gy] = view.invert([x, y]);
  const scale = scaleOf(view.k) / view.k; // of a node's radius on the screen, in the graph's units
  const reach = LARGEST * scale + NEAR / view.k;
  let best: GraphNode | null = null;
  let least = NEAR / view.k;
  tree.visit((branch, x0, y0, x1, y1) => {
    if (!branch.length) {
      for (let leaf: typeof branch | undefined = branch; leaf; leaf = leaf.next) {
        const away = Math.hypot(leaf.data.x - gx, leaf.data.y - gy) - leaf.data.r * scale;
        if (away < least) [best, least] = [leaf.data, away];
      }
    }
    return x0 > gx + reach || x1 < gx - reach || y0 > gy + reach || y1 < gy - reach;
  });
  return best;
}
