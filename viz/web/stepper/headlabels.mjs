// What stands at the head of an arrow, "2nd" or "×3", stands beside that arrow: nearer to it than to any other. As in the
// pictures of viz.draw (viz/picture/marks.py), the places along the arrow and on either side of it are tried.

const SIZE = 9, LETTER = 0.56, HIGH = 9; // of the type; how wide a letter is, in it; how high a label is
const TRIED = [13, 17, 22, 28, 35, 44, 55, 70]; // from the tip
const NEXT = 1.5, CLEARLY = 4, APART = 3; // between label and arrow; how much further every other arrow is, if possible; to a vertex
const FINE = 3, RANGE = 80; // from one point of a curve to the next that is looked at; what is further from the tip does not matter

export const headLabel = ({ head, count, label }) => !head ? '' : count > 1 ? `×${count}` : label;

// The middle of each label, by the key of its arrow.
export function labelPlaces({ pieces, boxes }) {
  const taken = Object.values(boxes).map(({ x, y, width, height }) => [x, y, width / 2 + APART, height / 2 + APART]), places = new Map();
  const courses = pieces.map(piece => ({ piece, box: extentOf(piece.points), course: null }));
  const courseOf = found => found.course ??= courseAlong(found.piece.points);
  for (const own of courses) {
    const text = headLabel(own.piece), [x, y] = own.piece.points.at(-1);
    if (!text) continue;
    const half = [text.length * SIZE * LETTER / 2, HIGH / 2];
    const isOther = ({ piece }) => !piece.edges.some(edge => own.piece.edges.includes(edge)); // no part of the same arrow, outside of a fold
    const near = courses.filter(other => isOther(other) && other.box[0] < x + RANGE && other.box[2] > x - RANGE && other.box[1] < y + RANGE && other.box[3] > y - RANGE);
    const isNear = ([a, b]) => Math.abs(a - x) < RANGE && Math.abs(b - y) < RANGE; // few points of a long arrow are
    const place = bestPlace(half, courseOf(own).toReversed(), near.flatMap(other => courseOf(other).filter(isNear)), taken);
    taken.push([...place, ...half]);
    places.set(own.piece.key, place);
  }
  return places;
}

// The first place that is free and clearly beside its own arrow; where there is none, the one that is most so.
function bestPlace(half, own, others, taken) {
  let best = own[0], most = -Infinity;
  for (const sides of placesBeside(half, own)) {
    for (const { place, away } of sides.map(place => ({ place, away: gap(place, half, others) })).sort((a, b) => b.away - a.away)) {
      const free = !taken.some(([x, y, across, down]) => Math.abs(x - place[0]) < across + half[0] && Math.abs(y - place[1]) < down + half[1]);
      const good = Math.min(CLEARLY, away - gap(place, half, own)) + (free ? 1e6 : 0);
      if (good > most) [best, most] = [place, good];
      if (most === CLEARLY + 1e6) return best;
    }
  }
  return best;
}

// How far the box of a label is from the nearest of these points; of one within it, how far its middle is: less.
export function gap([x, y], [across, down], points) {
  let least = Infinity;
  for (const [a, b] of points) {
    const dx = Math.abs(a - x), dy = Math.abs(b - y), beyond = Math.hypot(Math.max(dx - across, 0), Math.max(dy - down, 0));
    least = Math.min(least, beyond > 0 ? beyond : Math.hypot(dx, dy) - Math.max(across, down));
  }
  return least;
}

// Places beside an arrow, one on each side of it, from its tip on.
function placesBeside([across, down], own) {
  const last = FINE * (own.length - 1), within = TRIED.filter(along => along < last);
  return (within.length ? within : [last]).map(along => {
    const i = Math.min(own.length - 1, Math.ceil(along / FINE)), part = Math.min(1, along / FINE - (i - 1)), [[x0, y0], [x1, y1]] = [own[i - 1], own[i]];
    const [x, y] = [x0 + (x1 - x0) * part, y0 + (y1 - y0) * part], [dx, dy] = [own[i][0] - own[0][0], own[i][1] - own[0][1]], length = Math.hypot(dx, dy) || 1;
    const [nx, ny] = [dy / length, -dx / length], reach = Math.abs(nx) * across + Math.abs(ny) * down + NEXT;
    return [[x + nx * reach, y + ny * reach], [x - nx * reach, y - ny * reach]];
  });
}

// Points along Bézier curves that follow one another, each as far from the next, from the start to the end.
export function courseAlong(points) {
  const fine = [points[0]];
  for (let i = 0; i + 3 < points.length; i += 3) {
    const [a, b, c, d] = points.slice(i, i + 4), length = [[a, b], [b, c], [c, d]].reduce((sum, [[x, y], [u, v]]) => sum + Math.hypot(u - x, v - y), 0), parts = Math.max(1, Math.ceil(length));
    for (let k = 1; k <= parts; k += 1) {
      const t = k / parts, u = 1 - t, w = [u * u * u, 3 * t * u * u, 3 * t * t * u, t * t * t];
      fine.push([0, 1].map(axis => w[0] * a[axis] + w[1] * b[axis] + w[2] * c[axis] + w[3] * d[axis]));
    }
  }
  const even = [fine.at(-1)]; // from the end, where labels are
  let reached = 0;
  for (let i = fine.length - 1; i > 0; i -= 1) {
    const [[x, y], [u, v]] = [fine[i], fine[i - 1]], length = Math.hypot(u - x, v - y);
    for (; reached + length >= FINE * even.length; ) {
      const part = (FINE * even.length - reached) / length;
      even.push([x + (u - x) * part, y + (v - y) * part]);
    }
    reached += length;
  }
  if (even.length < 2) even.push(fine[0]);
  return even.reverse();
}

const extentOf = points => {
  const xs = points.map(p => p[0]), ys = points.map(p => p[1]);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
};
