// Steps through a recorded run, forward and back: the page's and the notebook widget's one program.
//
//   const stepper = mount(element, story, onstep)     stepper.go(12); stepper.step; stepper.destroy()
//
// `story` is what viz.web.state_of() makes (docs/story.md, the picture, and questions for who practises). Events go into the machine, the state that comes out of
// it is shown by the views: what is seen is a function of the state alone.

import { askView } from './ask.mjs';
import { rendering } from './cell.mjs';
import { controlsView } from './controls.mjs';
import { focusOf, h, keepFocusFromClicks } from './dom.mjs';
import { frameAt } from './frames.mjs';
import { inspectorView } from './inspector.mjs';
import { eventOf } from './keys.mjs';
import { following, initial, preceding, update } from './machine.mjs';
import { pictureView } from './picture.mjs';
import { PRACTICE_KEYS, begun, practised } from './practice.mjs';
import { tableView } from './table.mjs';

const PLAY_MS = 1400;
let instances = 0;

export function mount(el, story, onstep = () => {}) {
  const uid = `chalk${++instances}`;
  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  const asks = Boolean(story.questions), start = asks ? begun : initial, advance = asks ? practised : update;
  let state = start(story.step ?? 0, story), timer = null;

  const controls = controlsView(story, dispatch, uid), picture = pictureView(story, dispatch, uid);
  const inspector = inspectorView(story, dispatch), table = tableView(story, dispatch);
  const ask = asks ? askView(story, dispatch, uid, () => root.focus({ preventScroll: true })) : null;
  const root = h('div', { className: 'chalk' }, controls.header, controls.bar, ask && ask.element, picture.element, legend(), inspector.element, table.element);
  el.replaceChildren(root);

  function dispatch(event, told = true) {
    const before = state;
    state = advance(before, event, story);
    if (state.playing !== before.playing || state.speed !== before.speed) schedule();
    show(before);
    if (told && state.position !== before.position) onstep(state.position);
  }

  function schedule() {
    clearInterval(timer);
    timer = state.playing ? setInterval(() => dispatch({ type: 'tick' }), PLAY_MS / state.speed) : null;
  }

  function show(before) {
    const frame = frameAt(state.position, story);
    const done = story.steps.slice(preceding(state, story) ?? 0, state.position);
    const near = before !== null && [before.position, following(before, story), preceding(before, story)].includes(state.position);
    controls.show(state, frame);
    picture.show(state, frame, done, near && !calm.matches); // a jump is not followed smoothly
    inspector.show(state, frame, done);
    table.show(state);
    ask?.show(state);
  }

  function onkey(event) {
    if (event.defaultPrevented) return;
    const meant = eventOf(event, focusOf(event.target), asks ? PRACTICE_KEYS : {});
    if (!meant) return;
    event.preventDefault();
    dispatch(meant);
  }

  const keyTarget = story.keys === 'page' ? document : el;
  keyTarget.addEventListener('keydown', onkey);
  keepFocusFromClicks(root);
  show(null);
  return {
    go: position => dispatch({ type: 'go', position }, false),
    get step() { return state.position; },
    get state() { return state; },
    destroy() {
      clearInterval(timer);
      keyTarget.removeEventListener('keydown', onkey);
      table.destroy();
      el.replaceChildren();
    },
  };
}

const legend = () => h('p', { className: 'chalk-legend' }, h('span', { className: 'now' }, '● now'), ' what this step has changed   ',
  h('span', { className: 'next' }, '○ next'), ' what comes next   ',
  h('span', { className: 'partial' }, 'grad…'), ' more contributions to come');

export default { render: rendering(mount) }; // for notebooks
