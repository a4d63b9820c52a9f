// Where a vertex or an edge of the picture is, read from what Graphviz has drawn: asking the browser for it would make it lay
// out the whole picture at every step.

const known = new WeakMap();

// { x, y, width, height } in the units of the group that all of them are in.
export function outlineOf(g) {
  if (!known.has(g)) known.set(g, readOutline(g));
  return known.get(g);
}

function readOutline(g) {
  const outline = g.querySelector('path, polygon, ellipse'), at = name => Number(outline.getAttribute(name));
  if (!outline) return { x: 0, y: 0, width: 0, height: 0 };
  if (outline.localName === 'ellipse') return { x: at('cx') - at('rx'), y: at('cy') - at('ry'), width: 2 * at('rx'), height: 2 * at('ry') };
  const points = pointsOf(outline), xs = points.map(p => p[0]), ys = points.map(p => p[1]), x = Math.min(...xs), y = Math.min(...ys);
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

// The points of a path or polygon, control points among them.
export function pointsOf(outline) {
  const numbers = (outline.getAttribute('d') ?? outline.getAttribute('points')).match(/-?\d+(?:\.\d+)?/g).map(Number);
  return Array.from({ length: numbers.length >> 1 }, (_, i) => [numbers[2 * i], numbers[2 * i + 1]]);
}
