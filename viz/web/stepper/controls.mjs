// The bar: buttons, slider, stride, speed, and where the reader is.

import { h } from './dom.mjs';
import { SPEEDS, atEnd, stops } from './machine.mjs';

const PHASES = { start: 'before the first step', forward: 'forward pass', seed: 'backward pass', backward: 'backward pass' };

export function controlsView(story, dispatch, uid) {
  const button = (text, label, type) => h('button', { type: 'button', ariaLabel: label, title: label, onclick: () => dispatch({ type }) }, text);
  const first = button('|◀ First', 'First (Home)', 'first'), previous = button('◀ Previous', 'Previous (left arrow)', 'previous');
  const next = button('Next ▶', 'Next (right arrow)', 'next'), last = button('Last ▶|', 'Last (End)', 'last');
  const play = h('button', { type: 'button', title: 'Play or pause (space)' }, '▶ Play');
  const speed = h('button', { type: 'button', title: 'How fast it plays' });
  const slider = h('input', { type: 'range', min: 0, step: 1, ariaLabel: 'Step' });
  const coarse = h('input', { type: 'checkbox', id: `${uid}-coarse` });
  const count = h('output', { className: 'chalk-count' }), phase = h('span', { className: 'chalk-phase' });
  let state = null;

  play.onclick = () => dispatch({ type: state.playing ? 'pause' : 'play' });
  speed.onclick = () => dispatch({ type: 'speed', speed: SPEEDS[(SPEEDS.indexOf(state.speed) + 1) % SPEEDS.length] });
  slider.oninput = () => dispatch({ type: 'go', position: allStops()[slider.value] });
  coarse.onchange = () => dispatch({ type: 'stride', stride: coarse.checked ? 'operation' : 'contribution' });

  const allStops = () => stops({ ...state, reach: story.steps.length }, story); // also those that are out of reach

  function show(shown, frame) {
    state = shown;
    const places = allStops(), at = places.findLastIndex(i => i <= state.position);
    slider.max = places.length - 1;
    slider.value = at;
    slider.setAttribute('aria-valuetext', `step ${state.position} of ${story.steps.length}`);
    count.textContent = `step ${state.position} of ${story.steps.length}`;
    phase.textContent = atEnd(state, story) ? 'done' : PHASES[frame.phase];
    for (const b of [first, previous]) b.setAttribute('aria-disabled', String(state.position === 0));
    for (const b of [next, last]) b.setAttribute('aria-disabled', String(state.position === state.reach));
    play.textContent = state.playing ? '❙❙ Pause' : '▶ Play';
    play.setAttribute('aria-pressed', String(state.playing));
    speed.textContent = `${state.speed}×`;
    speed.ariaLabel = `Speed ${state.speed}×`;
    coarse.checked = state.stride === 'operation';
  }

  return {
    header: h('header', {}, h('h1', {}, 'Step by step: ', h('span', {}, story.title)),
      h('div', { className: 'chalk-where' }, phase, ' ', count)),
    bar: h('div', { className: 'chalk-bar', role: 'group', ariaLabel: 'Steps' }, first, previous, next, last, play, speed, slider,
      h('label', { htmlFor: coarse.id }, coarse, ' one step per operation')),
    show,
  };
}
