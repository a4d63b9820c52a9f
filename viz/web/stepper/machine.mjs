// Where the reader is, as plain data, and what each event makes of it. Nothing here knows the page: update() is a pure
// function of a state, an event and the story.
//
//   position      how many steps have been applied
//   reach         how far the reader may go: to the end, or to a question that waits for its answer (practice.mjs)
//   stride        'contribution' or 'operation': what one move passes
//   playing       whether ticks move on; speed: how fast, 1 is normal
//   breakpoints   positions at which playing stops, in order
//   selected      the id of the vertex that is looked at, or null
//   xray          the entries that were opened one from the other, the last of which is looked at (arithmetic.mjs); [] for none

import { entriesOf } from './arithmetic.mjs';

export const SPEEDS = [0.5, 1, 2, 4];

export const initial = (position, story, reach = story.steps.length) => ({
  position: Math.min(within(position, story), reach), reach, stride: 'contribution', playing: false, speed: 1, breakpoints: [], selected: null, xray: [],
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
    const broken = state.breakpoints.find(i => i > state.position && i <= stop);
    const position = broken ?? stop;
    return { ...state, position, playing: broken === undefined && position < state.reach };
  },
  stride: (state, story, { stride }) => {
    const changed = { ...state, stride };
    return { ...changed, position: settled(changed, state.position, story) };
  },
  speed: (state, story, { speed }) => ({ ...state, speed: SPEEDS.includes(speed) ? speed : state.speed }),
  breakpoint: (state, story, { position }) => {
    const others = state.breakpoints.filter(i => i !== position);
    const added = others.length < state.breakpoints.length ? others : [...others, within(position, story)];
    return { ...state, breakpoints: added.sort((a, b) => a - b) };
  },
  xray: (state, story, { path }) => ({ ...state, xray: entriesOf(path, story) }),
  select: (state, story, { id }) => ({ ...state, selected: id in story.vertices || id in (story.stands_for ?? {}) ? id : null }),
};

// The state after an event. Whatever the reader moves by hand stops playing.
export function update(state, event, story) {
  const handle = Object.hasOwn(EVENTS, event.type) ? EVENTS[event.type] : null;
  if (!handle) throw new Error(`No event is called ${event.type}.`);
  return handle(state, story, event);
}

const within = (position, story) => Math.max(0, Math.min(story.steps.length, Math.round(position) || 0));

// A position at which a move of this stride stops: the first one from here on.
const settled = (state, position, story) => stops(state, story).find(stop => stop >= position) ?? state.reach;

const moved = (state, position, story) => ({
  ...state, playing: false, position: position === null ? state.position : settled(state, within(position, story), story),
});
