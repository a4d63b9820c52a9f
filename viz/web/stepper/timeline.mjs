// The slider over all positions: where each pass is, what is marked, and where the reader is.

import { breaks, changesOf } from './breakpoints.mjs';
import { h } from './dom.mjs';

const MOST_TICKS = 300; // that are drawn, at most

export function timelineView(story, dispatch) {
  const n = story.steps.length, turn = story.steps.findIndex(s => s.phase !== 'forward'), forwards = turn < 0 ? n : turn;
  const slider = h('input', { type: 'range', min: 0, max: n, step: 1, ariaLabel: 'Step' });
  const pass = (phase, name, steps) => h('span', { className: `chalk-pass ${phase}`, style: `flex-grow: ${steps}` }, name);
  const forward = pass('forward', 'forward pass →', forwards), backward = pass('backward', '← backward pass', n - forwards);
  const marks = h('div', { className: 'chalk-ticks', ariaHidden: 'true' });
  const element = h('div', { className: 'chalk-timeline' }, h('div', { className: 'chalk-passes', ariaHidden: 'true' }, forward, backward), marks, slider);
  let drawn = '';

  slider.oninput = () => dispatch({ type: 'go', position: Number(slider.value) });
  slider.onkeydown = event => {
    const type = { ArrowUp: 'next', ArrowDown: 'previous' }[event.key];
    if (type) { event.preventDefault(); dispatch({ type }); }
  };

  function mark(state) {
    const kinds = [['stop', breaks(state, story)], ['trouble', changesOf('trouble', story)]];
    const key = JSON.stringify([kinds[0][1], state.reach]);
    if (key === drawn) return;
    drawn = key;
    marks.replaceChildren(...kinds.flatMap(([kind, positions]) => positions.filter(i => i <= state.reach).slice(0, MOST_TICKS)
      .map(i => h('i', { className: `chalk-tick ${kind}`, style: `left: ${(100 * i) / (n || 1)}%` }))));
  }

  function show(state) {
    slider.value = state.position;
    slider.setAttribute('aria-valuetext', `step ${state.position} of ${n}, ${state.position <= forwards ? 'forward' : 'backward'} pass`);
    forward.classList.toggle('is-here', state.position > 0 && state.position <= forwards);
    backward.classList.toggle('is-here', state.position > forwards);
    element.style.setProperty('--done', n ? state.position / n : 0);
    mark(state);
  }
  return { element, show };
}
