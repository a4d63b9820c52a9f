// Where everything in the picture is, for any set of open folds. Nothing here knows the page.
//
// Each fold was laid out by itself, with all folds in it closed. Where one of these is open, the space that it takes is
// stretched, across and down, as far as it needs: whatever was beside, above or below something still is. So no two
// things ever overlap, the same folds always give the same picture, and a reader finds everything where it was.

const BESIDE = 6, LINE = 12; // from the end of a cut arrow to the name that stands there; from one of these to the next
const NEAR = 6; // how far from a corner an arrow ends, at least

// isOpen(id): which folds are open. Gives { width, height, rows, boxes, frames, pieces, cuts }: the middles of what is seen, by id;
// the frames of open folds; arrows as { key, points: [[x, y] …], head, label, count, edges }, points of Bézier curves; and what
// stands where an arrow goes on in another row, as { key, text, x, y, after: whether the arrow ends or begins there, edges }.
export function arrange(folding, isOpen) {
  const made = { boxes: {}, frames: {}, pieces: [], cuts: [], ports: new Map() };
  const rows = folding.rows?.length ? folding.rows : [folding.insides['']];
  const said = sign => Math.max(0, ...rows.flatMap(row => row.pieces.filter(p => p[6] && '<>'[sign] === p[sign][0]).map(p => p[6][1] + BESIDE)));
  const before = said(0), after = said(1);
  const extents = [];
  let width = 0, height = 0;
  for (const [i, inside] of rows.entries()) {
    const row = composed(rows.length > 1 ? `row${i}` : '', inside, folding, isOpen), top = height && height + folding.frame.gap, first = made.cuts.length;
    put(row, before, top, folding, made);
    width = Math.max(width, before + row.width + after);
    height = Math.max(top + row.height, ...apart(made.cuts.splice(first), made.cuts));
    extents.push({ top, height: height - top, width: before + row.width + after });
  }
  return { ...made, rows: extents, width, height };
}

// The names at cut arrows of a row, none on another one, and each of them once where it would be; gives how far down they reach.
function apart(cuts, all) {
  const reached = [];
  for (const cut of cuts.sort((a, b) => a.y - b.y)) {
    const above = all.findLast(other => other.after === cut.after && cuts.includes(other));
    if (above && above.text === cut.text && cut.y - above.y < LINE) { above.edges.push(...cut.edges); continue; }
    cut.y = above ? Math.max(cut.y, above.y + LINE) : cut.y;
    all.push(cut);
    reached.push(cut.y + LINE / 2);
  }
  return reached;
}

// What is in a fold, each thing relative to its upper left corner.
function composed(id, inside, folding, isOpen) {
  const { at, pieces, size: [width, height] } = inside, things = {}, { side, top, bottom, lead } = folding.frame;
  for (const [child, [x, y]] of Object.entries(at)) {
    if ('<>'.includes(child[0])) continue;
    const [, , , width, height] = folding.stamps[child], open = isOpen(child) ? composed(child, folding.insides[child], folding, isOpen) : null;
    const plain = folding.folds[child]?.kind === 'operation';
    things[child] = {
      id: child, x, y, width, height, open, plain,
      wide: open ? open.width + (plain ? lead : 2 * side) : width, high: open ? open.height + (plain ? 0 : top + bottom) : height,
    };
  }
  const all = Object.values(things);
  const across = stretched(all.map(t => ({ from: t.x - t.width / 2, to: t.x + t.width / 2, needs: t.wide })));
  const down = stretched(all.map(t => ({ from: t.y - t.height / 2, to: t.y + t.height / 2, needs: t.high })));
  for (const t of all) {
    t.left = (across(t.x - t.width / 2) + across(t.x + t.width / 2)) / 2 - t.wide / 2;
    t.top = (down(t.y - t.height / 2) + down(t.y + t.height / 2)) / 2 - t.high / 2;
  }
  return { id, things, pieces, across, down, width: across(width), height: down(height) };
}

// Where a coordinate is once each interval { from, to, needs } is as long as it needs to be; intervals side by side share.
export function stretched(intervals) {
  const grown = intervals.filter(({ from, to, needs }) => needs > to - from + 0.01 && to > from);
  const ends = [...new Set(grown.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  const parts = ends.slice(1).map((to, i) => {
    const from = ends[i];
    return { from, to, more: Math.max(0, ...grown.filter(g => g.from <= from && g.to >= to).map(g => g.needs / (g.to - g.from) - 1)) };
  });
  return x => parts.reduce((sum, { from, to, more }) => sum + more * Math.max(0, Math.min(x, to) - from), x);
}

// Everything of a composed fold at its place in the whole.
function put({ id, things, pieces, across, down }, dx, dy, folding, made) {
  for (const t of Object.values(things)) {
    t.left += dx;
    t.top += dy;
    if (!t.open) made.boxes[t.id] = { x: t.left + t.wide / 2, y: t.top + t.high / 2, width: t.wide, height: t.high };
    else {
      if (!t.plain) made.frames[t.id] = { x: t.left, y: t.top, width: t.wide, height: t.high };
      put(t.open, t.left + (t.plain ? folding.frame.lead : folding.frame.side), t.top + (t.plain ? 0 : folding.frame.top), folding, made);
    }
  }
  for (const [source, target, carries, edges, label, numbers, said] of pieces) {
    const points = [];
    for (let i = 0; i < numbers.length; i += 2) points.push([across(numbers[i]) + dx, down(numbers[i + 1]) + dy]);
    if (!points.length) continue;
    const from = things[source], to = things[target], last = points.length - 1;
    if (from) snap(points, 0, 1, leaving(from, numbers[1] - from.y, folding, made));
    if (to) snap(points, last, -1, entering(to, numbers[2 * last + 1] - to.y));
    if (to?.open && to.plain) points.push(...straight(points[last], rim(made.boxes[operationOf(to, folding)], points[last])));
    const piece = { key: `${id}:${source} ${target}`, points, head: Boolean(to) && (!to.open || to.plain), label, count: edges.length, edges, carries, tail: Boolean(from) && (!from.open || from.plain) };
    made.pieces.push(piece);
    if (said) {
      const after = Boolean(from), [x, y] = points[after ? last : 0];
      made.cuts.push({ key: piece.key, text: said[0], x: x + (after ? BESIDE : -BESIDE), y, after, edges: [...edges] });
    }
    for (const end of [source, target]) if ('<>'.includes(end[0])) made.ports.set(`${id}:${end}`, [...made.ports.get(`${id}:${end}`) ?? [], piece]);
    if (from?.open && !from.plain) fan(piece, points[0], from.open, '>', made);
    if (to?.open && !to.plain) fan(piece, points[last], to.open, '<', made);
  }
}

// The ends of an arrow stay on the borders of the boxes, wherever those are; the curve beside them is taken along.
function snap(points, end, towards, [x, y]) {
  const [dx, dy] = [x - points[end][0], y - points[end][1]];
  points[end] = [x, y];
  if (points.length > 2) points[end + towards] = [points[end + towards][0] + dx, points[end + towards][1] + dy];
}

const clamped = (value, low, high) => low > high ? (low + high) / 2 : Math.max(low, Math.min(high, value));

function leaving(t, off, folding, made) {
  if (t.open && t.plain) return beside(made.boxes[folding.folds[t.id].outcome], off, 1);
  return [t.left + t.wide, clamped(t.top + t.high / 2 + off, t.top + NEAR, t.top + t.high - NEAR)];
}

function entering(t, off) {
  const near = Math.min(NEAR, t.high / 2);
  return [t.left, clamped(t.top + t.high / 2 + off, t.top + near, t.top + t.high - near)];
}

// Where a straight line from a point to the middle of a circle, or ellipse, meets it; and that line as a curve.
function rim({ x, y, width, height }, [left, top]) {
  const length = Math.hypot((left - x) / width, (top - y) / height) * 2 || 1;
  return [x + (left - x) / length, y + (top - y) / length];
}

const straight = ([a, b], [x, y]) => [1, 2, 3].map(k => [a + ((x - a) * k) / 3, b + ((y - b) * k) / 3]);

const beside = (box, off, side) => [box.x + (side * box.width) / 2, clamped(box.y + off, box.y - box.height / 2 + NEAR, box.y + box.height / 2 - NEAR)];
const operationOf = (t, { insides, stamps, folds }) => Object.keys(t.open.things).find(id => id !== folds[t.id].outcome && stamps[id][0].includes('node operation'));

// From the place where an arrow enters an open fold to the ports of what it carries, or from those to where it leaves.
function fan(piece, at, inside, side, made) {
  for (const value of piece.carries) {
    const port = `${side}${value}`, found = made.ports.get(`${inside.id}:${port}`) ?? [];
    const ends = new Map(found.map(p => { const place = side === '<' ? p.points[0] : p.points.at(-1); return [String(place), place]; }));
    for (const place of ends.values()) {
      const [a, b] = side === '<' ? [at, place] : [place, at], half = (b[0] - a[0]) / 2;
      const edges = found.flatMap(p => p.edges).filter(edge => piece.edges.includes(edge));
      made.pieces.push({ key: `${piece.key}|${port}`, points: [a, [a[0] + half, a[1]], [b[0] - half, b[1]], b], head: false, tail: false, label: '', count: 1, edges, carries: [value] });
    }
  }
}
