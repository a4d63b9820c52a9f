// Which folds of the picture are open: a level for all of them, and those that the reader has opened or closed by hand. What
// is in a fold, and where, is in story.folding (viz/web/folding.py).

export const LEVELS = ['auto', 'layer', 'neuron', 'operation', 'none'];

export const isFold = (id, story) => id !== null && Object.hasOwn(story.folding?.folds ?? {}, id);

// Whether a fold could be opened at all: there was time to lay out what is in it.
export const opens = (id, story) => Object.hasOwn(story.folding.insides, id);

export function isOpen(id, { fold, flipped }, story) {
  const level = fold === 'auto' ? story.folding.level : fold;
  return opens(id, story) && story.folding.folds[id].levels.includes(level) === flipped.includes(id);
}

// What is seen for a vertex or fold: itself, or the outermost closed fold around it.
export function seenFor(id, state, story) {
  let seen = id;
  for (const fold of around(id, story)) if (!isOpen(fold, state, story)) seen = fold;
  return seen;
}

// The folds around a vertex or fold, from the innermost.
export function around(id, story) {
  const found = [];
  for (let at = parentOf(id, story); at; at = parentOf(at, story)) found.push(at);
  return found;
}

const parentOf = (id, { folding }) => folding?.folds[id]?.parent ?? folding?.parents[id] ?? '';

// The vertices that a fold stands for.
export const membersOf = (id, story) => isFold(id, story) ? Object.keys(story.vertices).filter(v => around(v, story).includes(id)) : [];

// The state after a fold was opened or closed by hand, and after all were set to a level.
export const flip = (state, id, story) => !isFold(id, story) || !opens(id, story) ? state
  : { ...state, flipped: state.flipped.includes(id) ? state.flipped.filter(other => other !== id) : [...state.flipped, id].sort() };
export const setLevel = (state, level) => LEVELS.includes(level) ? { ...state, fold: level, flipped: [] } : state;

// The levels that differ: those of which there is a fold, and nothing.
export function levelsOf(story) {
  const kinds = new Set(Object.values(story.folding.folds).map(({ kind }) => kind));
  return LEVELS.slice(1).filter(level => level === 'none' || kinds.has(level));
}

// The one of these that is shown: of one without folds it is the next.
export function levelShown({ fold }, story) {
  const level = fold === 'auto' ? story.folding.level : fold;
  return levelsOf(story).find(other => LEVELS.indexOf(other) >= LEVELS.indexOf(level));
}

// The next level: more, or less, is folded.
export function levelBeside(state, by, story) {
  const levels = levelsOf(story), at = levels.indexOf(levelShown(state, story));
  return levels[Math.max(0, Math.min(levels.length - 1, at - by))];
}

// The state with everything open that is around a vertex, so that it is seen itself.
export function revealed(state, id, story) {
  return around(id, story).reduce((shown, fold) => isOpen(fold, shown, story) ? shown : flip(shown, fold, story), state);
}
