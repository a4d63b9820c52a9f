// The chain rule along one path: the factors by which the gradient of the cost has become that of a value.

const MOST = 8; // factors that are shown
const NORMS = 7;

// Of step i: { factors: [{ step, place, number }], left, from, to, norms, several }, the cost first. The path goes back by `via`,
// the step that completed the gradient which each step passes on; left: how many factors in the middle are left out.
export function chainOf(i, story) {
  const path = [];
  for (let at = i; at !== null && at !== undefined; at = story.chain[at]?.via ?? null) path.push(at);
  path.reverse();
  const all = path.map(step => ({ step, place: story.chain[step].factor, number: story.chain[step].number }));
  const left = Math.max(0, all.length - MOST), half = MOST / 2;
  const norms = path.map(step => story.chain[step].norm);
  return {
    factors: left ? [...all.slice(0, half), ...all.slice(-half)] : all, left, from: nameOf(story.steps[path[0]].node, story), to: nameOf(story.steps[i].changes, story),
    norms: norms.length > NORMS ? [...norms.slice(0, 3), '…', ...norms.slice(-3)] : norms.length > 1 ? norms : [],
    several: path.some(step => story.steps[step].turns > 1),
  };
}

const nameOf = (id, story) => story.vertices[id].name || story.vertices[id].role;
