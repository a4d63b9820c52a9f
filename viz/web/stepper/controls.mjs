// The head and the bar: where the reader is, and the buttons that move.

import { changesOf } from './breakpoints.mjs';
import { h } from './dom.mjs';
import { SPEEDS, atEnd } from './machine.mjs';

const PHASES = {
  start: ['', 'before the first step'], forward: ['→', 'forward pass'], seed: ['←', 'backward pass'], backward: ['←', 'backward pass'], done: ['✓', 'done'],
};
const THEMES = { auto: ['◐', 'as the system has it'], light: ['☀', 'light'], dark: ['☾', 'dark'] };

export function controlsView(story, dispatch, uid) {
  const button = (text, label, event) => h('button', { type: 'button', ariaLabel: label, title: label, onclick: () => dispatch(event) }, text);
  const first = button('|◀', 'First (Home)', { type: 'first' }), previous = button('◀ Previous', 'Previous (left arrow)', { type: 'previous' });
  const next = button('Next ▶', 'Next (right arrow)', { type: 'next' }), last = button('▶|', 'Last (End)', { type: 'last' });
  const play = h('button', { type: 'button', className: 'chalk-play', title: 'Play or pause (space)' }, '▶ Play');
  const speed = h('button', { type: 'button', title: 'How fast it plays' });
  const coarse = h('input', { type: 'checkbox', id: `${uid}-coarse` });
  const run = button('Run ⇥', 'Run on to a breakpoint, or to the end (r)', { type: 'run' });
  const here = button('● Breakpoint', 'Breakpoint at this step (b)', { type: 'breakpoint' });
  const stopAt = menu(uid, story, dispatch);
  const flow = button('≋ Flow', 'Flow of the gradient (g)', { type: 'flow' }), theme = button('◐', 'Light or dark (l)', { type: 'theme' });
  const keys = button('?', 'Keys (?)', { type: 'sheet' });
  const count = h('output', { className: 'chalk-count' }), phase = h('span', { className: 'chalk-phase' });
  let state = null;

  play.onclick = () => dispatch({ type: state.playing ? 'pause' : 'play' });
  speed.onclick = () => dispatch({ type: 'speed', speed: SPEEDS[(SPEEDS.indexOf(state.speed) + 1) % SPEEDS.length] });
  coarse.onchange = () => dispatch({ type: 'stride', stride: coarse.checked ? 'operation' : 'contribution' });

  function show(shown, frame) {
    state = shown;
    count.textContent = `step ${state.position} of ${story.steps.length}`;
    const at = atEnd(state, story) ? 'done' : frame.phase;
    phase.textContent = PHASES[at].join(' ').trim();
    phase.dataset.phase = at;
    for (const b of [first, previous]) b.setAttribute('aria-disabled', String(state.position === 0));
    for (const b of [next, last, run]) b.setAttribute('aria-disabled', String(state.position === state.reach));
    play.textContent = state.playing ? '❙❙ Pause' : '▶ Play';
    play.setAttribute('aria-pressed', String(state.playing));
    speed.textContent = `${state.speed}×`;
    speed.ariaLabel = `Speed ${state.speed}×`;
    coarse.checked = state.stride === 'operation';
    here.setAttribute('aria-pressed', String(state.breakpoints.includes(state.position)));
    flow.setAttribute('aria-pressed', String(state.flow));
    theme.textContent = THEMES[state.theme][0];
    theme.ariaLabel = `Colours: ${THEMES[state.theme][1]} (l)`;
    stopAt.show(state);
  }

  return {
    title: [h('h1', {}, 'Step by step: ', h('span', {}, story.title)), h('div', { className: 'chalk-where' }, phase, ' ', count)],
    tools: [flow, theme, keys],
    bar: h('div', { className: 'chalk-bar', role: 'group', ariaLabel: 'Steps' }, first, previous, next, last, play, speed,
      h('label', { htmlFor: coarse.id }, coarse, ' one step per operation'), h('span', { className: 'chalk-gap' }), run, here, stopAt.element),
    show,
  };
}

// Where running and playing stop besides the breakpoints.
function menu(uid, story, dispatch) {
  const box = (what, words) => {
    const input = h('input', { type: 'checkbox', id: `${uid}-at-${what}`, onchange: () => dispatch({ type: 'watch', what }) });
    const times = changesOf(what, story).length;
    return { what, input, label: h('label', { htmlFor: input.id }, input, ` ${words} `, h('small', {}, `(${times}×)`)) };
  };
  const boxes = [box('parameters', 'the gradient of a parameter is complete'), box('trouble', '|grad| is below 10⁻⁶, or not finite')];
  const others = h('p', { className: 'chalk-note' }), summary = h('summary', {}, 'Stop where …');
  const element = h('details', { className: 'chalk-menu' }, summary, h('div', { className: 'chalk-pop' }, ...boxes.map(b => b.label), others,
    h('button', { type: 'button', onclick: () => dispatch({ type: 'clear' }) }, 'Remove all breakpoints')));
  const close = event => {
    if (event.type === 'pointerdown' ? element.contains(event.target) : event.key !== 'Escape') return;
    element.open = false;
    if (event.type === 'keydown') event.stopPropagation();
  };
  element.ontoggle = () => { for (const type of ['pointerdown', 'keydown']) window[element.open ? 'addEventListener' : 'removeEventListener'](type, close, true); };
  return {
    element,
    show({ breakpoints, watch }) {
      for (const { what, input } of boxes) input.checked = watch.includes(what);
      const nodes = watch.filter(what => what in story.vertices).map(id => story.vertices[id].name || story.vertices[id].symbol);
      const told = [...breakpoints.map(i => `step ${i}`), ...nodes];
      others.textContent = told.length ? `And at: ${told.join(', ')}` : 'No other breakpoints. (b) sets one at the step that is shown; a node that is selected has a button for it.';
      summary.textContent = `Stop where …${told.length + watch.length - nodes.length ? ` (${told.length + watch.length - nodes.length})` : ''}`;
    },
  };
}
