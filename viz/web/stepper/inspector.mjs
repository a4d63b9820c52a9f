// What the reader reads: the steps that were just applied, what comes next, and the vertex that is selected.

import { stepArrays } from './array.mjs';
import { entries, formula, h } from './dom.mjs';
import { arrayOf, gradientAt, positionsOf, valueAt } from './frames.mjs';

const LISTED = 12; // steps of the selected vertex

export function inspectorView(story, dispatch) {
  const now = h('div', { className: 'chalk-now' }), next = h('div', { className: 'chalk-next' });
  const chosen = h('section', { className: 'chalk-chosen', ariaLabel: 'Selected' });
  const element = h('div', { className: 'chalk-panel' }, now, next, chosen);
  now.setAttribute('aria-live', 'polite');

  // done: the steps that this move has applied; frame: what is known now
  function show(state, frame, done) {
    now.setAttribute('aria-live', state.playing || state.practice?.said ? 'off' : 'polite'); // an answer is told by the question
    now.replaceChildren(...(done.length ? done.map((s, i) => card(s, story, done.length === 1 || i === 0, dispatch)) : [opening(story)]));
    next.replaceChildren(frame.next ? h('p', {}, h('b', {}, '○ Next: '), frame.next.title)
      : h('p', {}, h('b', {}, '✓ '), 'Every gradient is complete.'));
    chosen.hidden = state.selected === null;
    chosen.replaceChildren(...(state.selected === null ? [] : selection(state, story, dispatch)));
  }

  return { element, show };
}

const opening = story => h('section', { className: 'chalk-card' }, h('h2', {}, 'Before the first step'),
  h('p', {}, 'Only parameters and data are known. First every value is computed, from left to right; '
    + `then the gradient of ${story.title} is carried back, from right to left.`));

const line = (term, ...content) => [h('dt', {}, term), h('dd', {}, ...content)];

function card(s, story, first, dispatch) {
  const maths = place => { const made = formula(place, story); made.setAttribute('tabindex', '-1'); return made; };
  const list = h('dl', {}, ...line(s.phase === 'forward' ? 'Formula' : 'Rule', maths(s.formula)));
  if (s.numbers !== null) list.append(...line('With numbers', maths(s.numbers)));
  else if (s.shapes !== null) list.append(...line('Shapes', maths(s.shapes)));
  if (s.turns > 1) {
    if (s.sum !== null) list.append(...line('Adding up', maths(s.sum)));
    list.append(...line('Contribution', `${s.turn} of ${s.turns}${s.turn === s.turns ? ': complete' : ''}`));
  }
  if (s.line) list.append(...line('Your program', s.line.text ? h('code', {}, s.line.text) : '', ` ${s.line.file}:${s.line.number}`));
  if (first) list.append(...line('Why now', s.why));
  for (const dd of list.querySelectorAll('dd:has(math)')) dd.tabIndex = 0; // a long formula is scrolled by keys
  return h('section', { className: `chalk-card ${s.phase}` }, h('h2', {}, s.title), h('p', {}, s.words), list, stepArrays(s, story, dispatch));
}

// A value, an operation, or a group with what flows out of it; with the steps that concern it.
function selection(state, story, dispatch) {
  const id = story.stands_for[state.selected] ?? state.selected, vertex = story.vertices[id];
  const members = Object.keys(story.shown_as).filter(member => story.shown_as[member] === state.selected);
  const called = vertex.kind === 'operation' ? vertex.name : vertex.name || `the ${vertex.role}`;
  const list = h('dl', {});
  if (vertex.kind === 'value') {
    const value = valueAt(vertex, state.position, story), gradient = gradientAt(vertex, state.position);
    list.append(...line('Value', vertex.value.since <= state.position ? entries(value) : 'not computed yet'));
    if (vertex.wants_grad) {
      const arrived = gradient && !gradient.complete ? ` (${gradient.turn} of ${gradient.turns} contributions)` : '';
      list.append(...line('Gradient', gradient ? entries(arrayOf(gradient.array, story)) + arrived : 'not computed yet'));
    }
  }
  const positions = positionsOf(members.length ? members : [id], story), more = positions.length - LISTED;
  const lead = i => h('button', { type: 'button', ariaLabel: `Go to step ${i}: ${story.steps[i - 1].title}`, onclick: () => dispatch({ type: 'go', position: i }) },
    `${i} ${story.steps[i - 1].title}`);
  list.append(...line('Its steps', h('div', { className: 'chalk-leads' }, ...positions.slice(0, LISTED).map(lead), more > 0 ? `and ${more} more` : null,
    positions.length ? null : 'none')));
  const what = members.length ? `a group of ${members.length}, which ends in ${called}` : called;
  return [h('h2', {}, `Selected: ${what}`,
    h('button', { type: 'button', ariaLabel: 'Select nothing (Escape)', title: 'Select nothing (Escape)', onclick: () => dispatch({ type: 'select', id: null }) }, '×')),
    list];
}
