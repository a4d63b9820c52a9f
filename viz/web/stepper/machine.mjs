// Where the reader is, as plain data, and what each event makes of it. Nothing here knows the page: update() is a pure
// function of a state, an event and the story.
//
//   position      how many steps have been applied
//   stride        'contribution' or 'operation': what one move passes
//   playing       whether ticks move on; speed: how fast, 1 is normal
//   breakpoints   positions at which playing stops, in order
//   selected      the id of the vertex that is looked at, or null

export const SPEEDS = [0.5, 1, 2, 4];

export const initial = (position, story) => ({
  position: within(position, story), stride: 'contribution', playing: false, speed: 1, breakpoints: [], selected: null,
});

// The positions at which a move stops.
export const stops = (state, story) => state.stride === 'operation' ? story.operations : [...story.steps.keys(), story.steps.length];

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
  play: (state, story) => ({ ...state, playing: story.steps.length > 0, position: atEnd(state, story) ? 0 : state.position }),
  pause: state => ({ ...state, playing: false }),
  toggle: (state, story) => ({ ...state, playing: !state.playing && !atEnd(state, story) }), // only `play` starts over
  tick: (state, story) => {
    if (!state.playing) return state;
    const stop = following(state, story) ?? state.position;
    const broken = state.breakpoints.find(i => i > state.position && i <= stop);
    const position = broken ?? stop;
    return { ...state, position, playing: broken === undefined && position < story.steps.length };
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
const settled = (state, position, story) => stops(state, story).find(stop => stop >= position) ?? story.steps.length;

const moved = (state, position, story) => ({
  ...state, playing: false, position: position === null ? state.position : settled(state, within(position, story), story),
});
