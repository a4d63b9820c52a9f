// Steps through a recorded run, forward and back: the page's and the notebook widget's one program.
//
//   const stepper = mount(element, story, onstep, onhash)     stepper.go(12); stepper.step; stepper.hash; stepper.destroy()
//
// `story` is what viz.web.state_of() makes (docs/story.md, the picture, and questions for who practises). Events go into the machine, the state that comes out of
// it is shown by the views: what is seen is a function of the state and the size of the window alone.

import { askView } from './ask.mjs';
import { rendering } from './cell.mjs';
import { controlsView } from './controls.mjs';
import { focusOf, h, keepFocusFromClicks } from './dom.mjs';
import { exportView } from './export.mjs';
import { foldsView } from './foldbar.mjs';
import { frameAt } from './frames.mjs';
import { inspectorView } from './inspector.mjs';
import { flowView } from './flow.mjs';
import { eventOf } from './keys.mjs';
import { following, initial, preceding, update } from './machine.mjs';
import { marksView } from './marks.mjs';
import { paperView } from './paper.mjs';
import { passageView } from './passage.mjs';
import { hashOf, stateOf } from './permalink.mjs';
import { pictureView } from './picture.mjs';
import { PRACTICE_KEYS, begun, packed, practised, unpacked } from './practice.mjs';
import { programView } from './program.mjs';
import { searchView } from './searchbox.mjs';
import { selectedView } from './selected.mjs';
import { sheetView } from './sheet.mjs';
import { sideView } from './side.mjs';
import { tableView } from './table.mjs';
import { timelineView } from './timeline.mjs';
import { viewport } from './viewport.mjs';
import { xrayView } from './xray.mjs';

const PLAY_MS = 1400, HASH_MS = 250; // between steps; between changes of the address, which browsers limit
const CAMERA = ['zoom', 'pan', 'whole', 'follow']; // events that depend on what is seen now
const FAMILY = crypto.getRandomValues(new Uint32Array(1))[0].toString(36); // notebooks load this program anew for each widget
let instances = 0;

// onstep(position): the reader has moved; onhash(hash): the permalink has changed
export function mount(el, story, onstep = () => {}, onhash = () => {}) {
  const uid = `chalk-${FAMILY}-${++instances}`;
  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  const asks = Boolean(story.questions), advance = asks ? practised : update;
  let state = story.hash ? restored(story.hash) : asks ? begun(story.step ?? 0, story) : initial(story.step ?? 0, story), timer = null;

  const picture = pictureView(story, dispatch, uid), view = viewport(picture, dispatch);
  const passage = passageView(story, picture), marks = marksView(story, picture), paper = paperView(picture);
  const flow = flowView(story, picture, dispatch), exported = exportView(story, picture, uid);
  const controls = controlsView(story, dispatch, uid), timeline = timelineView(story, dispatch), search = searchView(story, dispatch, rest);
  const inspector = inspectorView(story, dispatch), table = tableView(story, dispatch), sheet = sheetView(dispatch, uid);
  const program = programView(story, dispatch), selected = selectedView(story, dispatch, uid);
  const folds = foldsView(story, dispatch, uid), xray = xrayView(story, dispatch);
  const side = sideView({ program: program.element, selected: selected.element, steps: table.element, xray: xray.element }, dispatch, uid);
  const ask = asks ? askView(story, dispatch, uid, rest) : null;
  const root = h('div', { className: `chalk${asks ? ' asks' : ''}` },
    h('header', { className: 'chalk-head' }, ...controls.title, search.element, h('div', { className: 'chalk-tools' }, exported.element, ...controls.tools)),
    controls.bar, timeline.element,
    h('div', { className: 'chalk-work' }, h('div', { className: 'chalk-left' }, ask && ask.element, view.element, h('div', { className: 'chalk-below' }, legend(), folds.element, view.tools), flow.element, paper.element),
      h('div', { className: 'chalk-side' }, inspector.element, side.element)),
    sheet.element);
  el.replaceChildren(root);

  function rest() { root.focus({ preventScroll: true }); }

  function restored(hash) {
    const answers = new URLSearchParams(hash.replace(/^#/, '')).get('answers');
    return stateOf(hash, story, asks ? begun(0, story, answers ? unpacked(answers, story) : undefined) : undefined);
  }

  const hashNow = () => hashOf(state, asks && Object.keys(state.practice.records).length ? { answers: packed(state.practice) } : {});
  const address = rarely(() => onhash(hashNow()), HASH_MS);

  function dispatch(event, told = true) {
    const before = state, here = view.camera;
    state = advance(before, event, story);
    if (state === before) return;
    const folded = state.fold !== before.fold || state.flipped !== before.flipped;
    const anchor = folded && (event.id ?? state.selected ?? story.steps[state.position - 1]?.changes ?? story.root), from = folded ? picture.placeOf(anchor) : null;
    if (state.playing !== before.playing || state.speed !== before.speed) schedule();
    show(before);
    if (folded && (event.type === 'flip' || event.type === 'fold')) view.keep(here, from, picture.placeOf(anchor)); // the reader keeps the place
    if (state.selected !== before.selected) { const found = picture.vertexOf(state.selected); if (found) view.reveal(found.g); }
    if (told && state.position !== before.position) onstep(state.position);
    if (told) address();
  }

  function schedule() {
    clearInterval(timer);
    timer = state.playing ? setInterval(() => dispatch({ type: 'tick' }), PLAY_MS / state.speed) : null;
  }

  function show(before) {
    root.dataset.theme = state.theme;
    if (before && before.position === state.position && isLook(before)) return view.show(state, null, false);
    const frame = frameAt(state.position, story), done = story.steps.slice(preceding(state, story) ?? 0, state.position);
    const near = before !== null && [before.position, following(before, story), preceding(before, story)].includes(state.position);
    controls.show(state, frame);
    timeline.show(state);
    const about = picture.show(state, frame, done);
    folds.show(state);
    passage.show(state);
    marks.show(state);
    flow.show(state);
    exported.show(state);
    search.show(state);
    inspector.show(state, frame, done);
    side.show(state);
    program.show(state, done);
    selected.show(state);
    xray.show(state);
    table.show(state);
    sheet.show(state);
    ask?.show(state);
    view.show(state, about, near && !calm.matches); // a jump is not followed smoothly
  }

  const isLook = before => Object.keys(state).every(name => name === 'camera' || state[name] === before[name]);

  function onkey(event) {
    if (event.defaultPrevented) return;
    const meant = eventOf(event, focusOf(event.target), asks ? PRACTICE_KEYS : {});
    if (!meant || state.sheet && meant.type !== 'sheet' && meant.type !== 'escape') return;
    event.preventDefault();
    if (meant.type === 'find') search.focus();
    else if (CAMERA.includes(meant.type)) view.command(meant);
    else dispatch(meant);
  }

  const keyTarget = story.keys === 'page' ? document : el;
  keyTarget.addEventListener('keydown', onkey);
  addEventListener('pagehide', address.now);
  keepFocusFromClicks(root);
  view.measure();
  show(null);
  schedule();
  return {
    go: position => dispatch({ type: 'go', position }, false),
    restore: hash => dispatch({ type: 'restore', state: restored(hash) }, false),
    get step() { return state.position; },
    get hash() { return hashNow(); },
    get state() { return state; },
    destroy() {
      clearInterval(timer);
      address.stop();
      removeEventListener('pagehide', address.now);
      keyTarget.removeEventListener('keydown', onkey);
      for (const part of [table, view, paper, exported]) part.destroy();
      el.replaceChildren();
    },
  };
}

// Calls a function at once, and again at most every so many milliseconds; the last call is never lost.
function rarely(call, ms) {
  let last = -Infinity, waiting = null;
  const now = () => { clearTimeout(waiting); waiting = null; last = performance.now(); call(); };
  return Object.assign(() => {
    if (waiting !== null) return;
    const left = last + ms - performance.now();
    if (left <= 0) now();
    else waiting = setTimeout(now, left);
  }, { now: () => { if (waiting !== null) now(); }, stop: () => clearTimeout(waiting) });
}

const legend = () => h('p', { className: 'chalk-legend' }, ...[['now', '● now', 'changed'], ['next', '○ next', 'comes next'], ['partial', '╌ 1 of 2', 'more to come']].map(([kind, sign, words]) => h('span', {}, h('span', { className: kind }, sign), ` ${words}`)));

export default { render: rendering(mount) }; // for notebooks
