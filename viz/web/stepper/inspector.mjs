// What the reader reads of the step: what it does, its rule, the same with numbers and shapes, what it is added to, the chain
// rule from the cost to here, and what comes next. Its parts stand in the same order at every step.

import { stepArrays } from './array.mjs';
import { chainOf } from './chain.mjs';
import { fraction, h, wrapped } from './dom.mjs';

export function inspectorView(story, dispatch) {
  const now = h('div', { className: 'chalk-now' }), next = h('div', { className: 'chalk-next' });
  const element = h('section', { className: 'chalk-panel', ariaLabel: 'This step', tabIndex: 0 }, now, next);
  let scrolled = false; // setting it at every step would have everything laid out
  element.addEventListener('scroll', () => { scrolled = true; });
  now.setAttribute('aria-live', 'polite');

  // done: the steps that this move has applied; frame: what is known now
  function show(state, frame, done) {
    now.setAttribute('aria-live', state.playing || state.practice?.said ? 'off' : 'polite'); // an answer is told by the question
    now.replaceChildren(...(done.length ? done.map((s, i) => card(s, state.position - done.length + i, story, dispatch)) : [opening(story)]));
    next.replaceChildren(frame.next ? h('p', {}, h('b', {}, '○ Next: '), frame.next.title)
      : h('p', {}, h('b', {}, '✓ '), 'Every gradient is complete.'));
    if (scrolled) element.scrollTop = 0;
    scrolled = false;
  }

  return { element, show };
}

const opening = story => h('section', { className: 'chalk-card' }, h('h2', {}, 'Before the first step'),
  h('p', {}, 'Only parameters and data are known. First every value is computed, from left to right; '
    + `then the gradient of ${story.title} is carried back, from right to left.`),
  h('p', {}, 'Next (→) goes on. Click a node to see all about it; ? shows every key.'));

export const line = (term, ...content) => [h('dt', {}, term), h('dd', {}, ...content)];

// i: which step it is
function card(s, i, story, dispatch) {
  const list = h('dl', {}), add = (term, place) => { if (place !== null && place !== undefined) list.append(...line(term, wrapped(place, story))); };
  add(s.phase === 'forward' ? 'Formula' : 'Rule', s.formula);
  add('With numbers', s.numbers);
  add('Shapes', s.shapes);
  if (s.turns > 1) {
    add('Adding up', s.sum);
    list.append(...line('Contribution', `${s.turn} of ${s.turns}${s.turn === s.turns ? ': complete' : ': more to come'}`));
  }
  if (s.phase === 'backward') list.append(...line(`From ${story.title} to here`, product(i, story, dispatch)));
  if (s.why) list.append(...line('Why now', s.why));
  for (const part of list.querySelectorAll('.chalk-formula')) part.tabIndex = 0; // a long formula is scrolled by keys
  return h('section', { className: `chalk-card ${s.phase}` }, h('h2', {}, s.title), h('p', { className: 'chalk-words' }, s.words), list, stepArrays(s, story, dispatch));
}

// The chain rule along the way that this step goes: every factor is a button that leads to its step.
function product(i, story, dispatch) {
  const { factors, left, from, to, norms, several } = chainOf(i, story);
  const lead = ({ step, place, number }) => h('button', { type: 'button', className: 'chalk-factor', ariaLabel: `Go to step ${step + 1}: ${story.steps[step].title}`,
    title: `Step ${step + 1}: ${story.steps[step].title}`, onclick: () => dispatch({ type: 'go', position: step + 1 }) }, fraction(place, story), number === null ? null : h('small', {}, number));
  const dots = left ? [h('span', { className: 'chalk-dots', title: `${left} more factors` }, `… ${left} more …`)] : [];
  const half = Math.ceil(factors.length / 2), shown = left ? [...factors.slice(0, half).map(lead), ...dots, ...factors.slice(half).map(lead)] : factors.map(lead);
  const sized = norms.length ? h('p', { className: 'chalk-norms' }, `‖gradient‖ from ${from} to ${to}: ${norms.join(' → ')}`) : null;
  return h('div', { className: 'chalk-chain' }, h('div', { className: 'chalk-product' }, ...shown), sized,
    several ? h('p', { className: 'chalk-note' }, 'One of several paths: what comes along the others is added to it.') : null);
}
