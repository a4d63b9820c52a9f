// Where the reader is, as plain data, and what each event makes of it. Nothing here knows the page: update() is a pure
// function of a state, an event and the story. All of the state goes into the permalink (permalink.mjs): what can be
// seen can be sent to somebody else.
//
//   position      how many steps have been applied
//   reach         how far the reader may go: to the end, or to a question that waits for its answer (practice.mjs)
//   and the fields of DEFAULTS

import { entriesOf } from './arithmetic.mjs';
import { breaks, changesOf } from './breakpoints.mjs';
import { LEVELS, around, flip, isFold, isOpen, levelBeside, setLevel } from './folds.mjs';
import { hits } from './search.mjs';

export const SPEEDS = [0.5, 1, 2, 4];
export const CHOICES = {
  stride: ['contribution', 'operation'], speed: SPEEDS, relatives: ['both', 'ancestors', 'descendants', 'none'],
  panel: ['program', 'selected', 'steps', 'xray'], theme: ['auto', 'light', 'dark'], fold: LEVELS,
};

export const DEFAULTS = Object.freeze({
  stride: 'contribution', // what one move passes: a contribution or an operation
  playing: false, // whether ticks move on
  speed: 1, // how fast: 1 is normal
  breakpoints: [], // positions at which running and playing stop, in order
  watch: [], // and what they stop at besides: 'parameters', 'trouble', ids of vertices (breakpoints.mjs)
  selected: null, // the id of the vertex that is looked at
  relatives: 'both', // what is lit around it: what it is computed from, what is computed from it
  fold: 'auto', // what is folded: by layer, neuron, operation, or nothing; auto: so that the picture can be read
  flipped: [], // ids of folds that are open, or closed, other than that
  camera: null, // what of the picture is seen: { x, y, k } (camera.mjs), 'whole', or null: it follows the steps
  panel: 'program', // what stands below the step
  xray: [], // the entries that were opened one from the other, the last of which is looked at (arithmetic.mjs)
  query: '', // what is searched for
  flow: false, // whether edges are as wide as the gradients that pass them
  theme: 'auto',
  sheet: false, // whether the keys are explained
});

export const initial = (position, story, reach = story.steps.length) => ({
  position: Math.min(within(position, story), reach), reach, ...structuredClone(DEFAULTS),
});

// The positions at which a move stops; the last one is how far the reader may go.
export const stops = ({ stride, reach }, story) => [...(stride === 'operation' ? story.operations : [...story.steps.keys()]).filter(i => i < reach), reach];

// The positions to which a move leads; null where there is none.
export const following = (state, story) => stops(state, story).find(i => i > state.position) ?? null;
export const preceding = (state, story) => stops(state, story).findLast(i => i < state.position) ?? null;
export const atEnd = (state, story) => state.position === story.steps.length;

const EVENTS = {
  next: (state, story) => moved(state, following(state, story), story),
  previous: (state, story) => moved(state, preceding(state, story), story),
  first: (state, story) => moved(state, 0, story),
  last: (state, story) => moved(state, story.steps.length, story),
  go: (state, story, { position }) => moved(state, position, story),
  leap: (state, story, { by }) => {
    const places = stops(state, story), at = places.findLastIndex(i => i <= state.position) + by;
    return moved(state, places[Math.max(0, Math.min(places.length - 1, at))], story);
  },
  play: (state, story) => {
    const position = atEnd(state, story) ? 0 : state.position;
    return { ...state, playing: position < state.reach, position };
  },
  pause: state => ({ ...state, playing: false }),
  toggle: state => ({ ...state, playing: !state.playing && state.position < state.reach }), // only `play` starts over
  tick: (state, story) => {
    if (!state.playing) return state;
    const stop = following(state, story) ?? state.position;
    const broken = breaks(state, story).find(i => i > state.position && i <= stop);
    const position = broken ?? stop;
    return { ...state, position, playing: broken === undefined && position < state.reach };
  },
  // Run: to the next breakpoint, or to the end; backward likewise. To a vertex, a parameter, trouble: to where that changes.
  run: (state, story) => placed(state, breaks(state, story).find(i => i > state.position) ?? state.reach),
  back: (state, story) => placed(state, breaks(state, story).findLast(i => i < state.position) ?? 0),
  runto: (state, story, { what, around = false }) => {
    const places = changesOf(what, story).filter(i => i <= state.reach), ahead = places.find(i => i > state.position);
    return placed(state, ahead ?? (around ? places[0] : undefined) ?? state.position);
  },
  stride: (state, story, { stride = CHOICES.stride.find(other => other !== state.stride) }) => {
    const changed = { ...state, stride: chosen('stride', stride, state) };
    return { ...changed, position: settled(changed, state.position, story) };
  },
  speed: (state, story, { speed }) => ({ ...state, speed: chosen('speed', speed, state) }),
  breakpoint: (state, story, { position = state.position }) => ({
    ...state, breakpoints: toggled(state.breakpoints, within(position, story)).sort((a, b) => a - b),
  }),
  watch: (state, story, { what }) => {
    const known = what === 'parameters' || what === 'trouble' || isVertex(what, story);
    return known ? { ...state, watch: toggled(state.watch, what).sort() } : state;
  },
  clear: state => ({ ...state, breakpoints: [], watch: [] }),
  select: (state, story, { id }) => {
    const selected = isVertex(id, story) ? id : null;
    const panel = selected !== null ? 'selected' : state.panel === 'selected' ? DEFAULTS.panel : state.panel;
    return { ...state, selected, panel };
  },
  xray: (state, story, { path }) => {
    const xray = entriesOf(path, story);
    return { ...state, xray, panel: xray.length ? 'xray' : state.panel === 'xray' ? DEFAULTS.panel : state.panel };
  },
  search: (state, story, { query }) => ({ ...state, query }),
  hit: (state, story, { by = 1 }) => {
    const found = hits(state.query, story), at = found.indexOf(state.selected);
    if (!found.length) return state;
    return update(state, { type: 'select', id: found[at < 0 ? (by > 0 ? 0 : found.length - 1) : (at + by + found.length) % found.length] }, story);
  },
  relatives: (state, story, { relatives }) => ({ ...state, relatives: chosen('relatives', relatives, state) }),
  panel: (state, story, { panel }) => ({ ...state, panel: chosen('panel', panel, state) }),
  // Folds: all of them to a level, or one level more or less; one of them open or closed: this one, or else what is selected, or
  // else the one around that.
  fold: (state, story, { level, by = 0 }) => setLevel(state, level ?? levelBeside(state, by, story)),
  flip: (state, story, { id = foldAt(state, story) }) => flip(state, id, story),
  flow: state => ({ ...state, flow: !state.flow }),
  theme: (state, story, { theme = CHOICES.theme[(CHOICES.theme.indexOf(state.theme) + 1) % CHOICES.theme.length] }) => ({
    ...state, theme: chosen('theme', theme, state),
  }),
  sheet: state => ({ ...state, sheet: !state.sheet }),
  look: (state, story, { camera }) => ({ ...state, camera: !isCamera(camera) ? null : camera === 'whole' ? camera : { x: camera.x + 0, y: camera.y + 0, k: camera.k } }), // −0 becomes 0
  escape: (state, story) => state.sheet ? { ...state, sheet: false } : update(state, { type: 'select', id: null }, story),
  // The whole state from outside, as a permalink has it.
  restore: (state, story, { state: other }) => ({ ...other, position: Math.min(within(other.position, story), other.reach) }),
};

// The state after an event. Whatever the reader moves by hand stops playing.
export function update(state, event, story) {
  const handle = Object.hasOwn(EVENTS, event.type) ? EVENTS[event.type] : null;
  if (!handle) throw new Error(`No event is called ${event.type}.`);
  return handle(state, story, event);
}

// The fold that a key is for: the selected one, or the innermost open one around what is selected.
const foldAt = (state, story) => isFold(state.selected, story) && !isOpen(state.selected, state, story) ? state.selected
  : state.selected === null ? null : around(state.selected, story).find(id => isOpen(id, state, story)) ?? null;

export const isVertex = (id, story) => id !== null && (Object.hasOwn(story.vertices, id) || Object.hasOwn(story.stands_for ?? {}, id));
export const isCamera = camera => camera === 'whole' || (camera !== null && typeof camera === 'object'
  && ['x', 'y', 'k'].every(name => Number.isFinite(camera[name])) && camera.k > 0);

const within = (position, story) => Math.max(0, Math.min(story.steps.length, Math.round(position) || 0));
const chosen = (field, value, state) => CHOICES[field].includes(value) ? value : state[field];
const toggled = (list, item) => list.includes(item) ? list.filter(other => other !== item) : [...list, item];

// A position at which a move of this stride stops: the first one from here on.
const settled = (state, position, story) => stops(state, story).find(stop => stop >= position) ?? state.reach;

const placed = (state, position) => ({ ...state, playing: false, position: Math.min(position, state.reach) });
const moved = (state, position, story) => placed(state, position === null ? state.position : settled(state, within(position, story), story));
