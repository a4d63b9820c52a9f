// What is known at a position of a story: looked up in the timelines that docs/story.md describes.

// A value: its array once it is known, null before; one that was not kept is never known.
export function valueAt(vertex, position, story) {
  return vertex.kind === 'value' && vertex.value.since <= position ? arrayOf(vertex.value.array, story) : null;
}

// A gradient so far: { array, turn, turns, complete }; null where nothing has arrived.
export function gradientAt(vertex, position) {
  if (vertex.kind !== 'value') return null;
  const turns = vertex.gradient.length, turn = turnAt(vertex.gradient, position);
  return turn ? { array: vertex.gradient[turn - 1].array, turn, turns, complete: turn === turns } : null;
}

// All of it, with the step that was just applied and the one that comes next.
export function frameAt(position, story) {
  const values = {}, gradients = {};
  for (const [id, vertex] of Object.entries(story.vertices)) {
    if (vertex.kind === 'value' && vertex.value.since <= position) values[id] = vertex.value.array;
    const gradient = gradientAt(vertex, position);
    if (gradient) gradients[id] = gradient;
  }
  const now = story.steps[position - 1] ?? null, next = story.steps[position] ?? null;
  return { position, phase: now?.phase ?? 'start', values, gradients, now, next };
}

export const arrayOf = (place, story) => place === null ? null : story.arrays[place];

// The positions just after the steps that concern one of these vertices.
export function positionsOf(ids, story) {
  const wanted = new Set(ids);
  return story.steps.flatMap((s, i) => [s.node, s.changes, s.operation].some(id => wanted.has(id)) ? [i + 1] : []);
}

function turnAt(changes, position) {
  let low = 0, high = changes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (changes[middle].since <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}
