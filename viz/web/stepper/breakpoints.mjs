// Where running and playing stop: positions that the reader has marked, and those at which something watched happens.

// The positions at which what is watched changes: of a value, when it is computed and when its gradient is complete; of
// 'parameters', when the gradient of one is complete; of 'trouble', where a gradient is tiny or not finite.
export function changesOf(what, story) {
  if (what === 'trouble') return story.flow?.trouble ?? [];
  if (what === 'parameters') return inOrder(Object.values(story.vertices).filter(v => v.role === 'parameter').flatMap(completed));
  const id = story.stands_for?.[what] ?? what, vertex = story.vertices[id];
  if (!vertex) return [];
  if (vertex.kind === 'value') return inOrder([...(vertex.value.since > 0 ? [vertex.value.since] : []), ...completed(vertex)]);
  return story.steps.flatMap((s, i) => s.operation === id && s.last ? [i + 1] : []);
}

// All positions at which a run stops, in order.
export const breaks = ({ breakpoints, watch }, story) => inOrder([...breakpoints, ...watch.flatMap(what => changesOf(what, story))]);

const completed = vertex => vertex.gradient?.length ? [vertex.gradient.at(-1).since] : [];
const inOrder = positions => [...new Set(positions)].sort((a, b) => a - b);
