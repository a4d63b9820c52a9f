// Everything about the vertex that is selected: a value, an operation, or a group with what flows out of it.

import { openable } from './array.mjs';
import { changesOf } from './breakpoints.mjs';
import { h } from './dom.mjs';
import { SIGNS, marksAt } from './flow.mjs';
import { around, isFold, isOpen, membersOf, opens } from './folds.mjs';
import { gradientAt, positionsOf, valueAt } from './frames.mjs';
import { line } from './inspector.mjs';
import { CHOICES } from './machine.mjs';

const LISTED = 12; // steps

export function selectedView(story, dispatch, uid) {
  const element = h('div', { className: 'chalk-chosen' });
  let key = null;
  return {
    element,
    show(state) {
      const shown = JSON.stringify([state.selected, state.position, state.watch, state.relatives, state.reach]);
      if (shown === key || state.panel !== 'selected') return;
      key = shown;
      const focused = document.activeElement?.dataset?.keep;
      element.replaceChildren(...(state.selected === null ? [h('p', { className: 'chalk-note' }, 'Nothing is selected. Click a node of the graph, or search for one.')]
        : selection(state, story, dispatch, uid)));
      if (focused) element.querySelector(`[data-keep="${focused}"]`)?.focus();
    },
  };
}

function selection(state, story, dispatch, uid) {
  const id = story.stands_for[state.selected] ?? state.selected, vertex = story.vertices[id];
  const members = membersOf(state.selected, story);
  const called = vertex.kind === 'operation' ? vertex.name : vertex.name || `the ${vertex.role}`;
  const what = members.length ? `a group of ${members.length}, which ends in ${called}` : called;
  const button = (text, name, event, more = {}) => kept(h('button', { type: 'button', onclick: () => dispatch(event), ...more }, text), name);
  const watched = state.watch.includes(id), stops = changesOf(id, story).length;
  const lit = h('select', { id: `${uid}-lit`, onchange: () => dispatch({ type: 'relatives', relatives: lit.value }) },
    ...CHOICES.relatives.map(which => h('option', { value: which, selected: state.relatives === which }, LIT[which])));
  return [
    h('h2', {}, `Selected: ${what}`, kept(h('button', { type: 'button', ariaLabel: 'Select nothing (Escape)', title: 'Select nothing (Escape)', onclick: () => dispatch({ type: 'select', id: null }) }, '×'), 'close')),
    h('div', { className: 'chalk-actions' }, button('Jump to its step (Enter)', 'jump', { type: 'runto', what: id, around: true }, { disabled: !stops }),
      button(watched ? '● Stops here' : '○ Stop here', 'watch', { type: 'watch', what: id }, { ariaPressed: String(watched), disabled: !stops }),
      ...folding(state, story, button), h('label', { htmlFor: lit.id }, 'Lit: ', kept(lit, 'lit'))),
    facts(id, vertex, members, state, story, dispatch),
  ];
}

// A button that opens the fold which is selected, and one that closes the fold around what is.
function folding(state, story, button) {
  const closed = isFold(state.selected, story) && !isOpen(state.selected, state, story) && opens(state.selected, story);
  const open = around(state.selected, story).find(id => isOpen(id, state, story));
  return [closed && button('Unfold (e)', 'unfold', { type: 'flip', id: state.selected }),
    open && button(`Fold ${story.folding.folds[open].title || `the ${story.folding.folds[open].kind}`}`, 'fold', { type: 'flip', id: open })].filter(Boolean);
}

const LIT = { both: 'all it depends on, and what depends on it', ancestors: 'what it is computed from', descendants: 'what is computed from it', none: 'nothing' };
const kept = (element, name) => { element.dataset.keep = name; return element; };

function facts(id, vertex, members, state, story, dispatch) {
  const list = h('dl', {}), add = (...parts) => list.append(...line(...parts)), { position } = state;
  const scope = vertex.scope.length ? ` in ${vertex.scope.join(' · ')}` : '';
  if (vertex.kind === 'value') {
    add('Is', `${vertex.role}${vertex.shape.length ? ` of shape (${vertex.shape.join(', ')})` : ', a number'}, ${vertex.dtype}${scope}`);
    const value = valueAt(vertex, position, story), gradient = gradientAt(vertex, position);
    add('Value', vertex.value.since > position ? 'not computed yet' : value ? openable({ vertex: id, gradient: false }, story, position, dispatch) : 'not kept');
    if (vertex.wants_grad) {
      const arrived = gradient && !gradient.complete ? ` (${gradient.turn} of ${gradient.turns} contributions)` : '';
      add('Gradient', ...(gradient ? [openable({ vertex: id, gradient: true }, story, position, dispatch), arrived] : ['not computed yet']));
    }
  } else add('Is', `operation ${vertex.name === vertex.symbol ? '' : vertex.symbol}${scope}`);
  const mark = marksAt(position, story)[id];
  if (mark) add('Flow', `${SIGNS[mark.kind]} ${mark.kind}. ${mark.reason}`);
  add('Computed from', ...neighbours(id, 1, 0, story, dispatch));
  add('Used by', ...neighbours(id, 0, 1, story, dispatch));
  const positions = positionsOf(members.length ? members : [id], story), more = positions.length - LISTED;
  const lead = i => kept(h('button', { type: 'button', ariaLabel: `Go to step ${i}: ${story.steps[i - 1].title}`, onclick: () => dispatch({ type: 'go', position: i }) },
    `${i} ${story.steps[i - 1].title}`), `step${i}`);
  add('Its steps', h('div', { className: 'chalk-leads' }, ...positions.slice(0, LISTED).map(lead), more > 0 ? `and ${more} more` : null, positions.length ? null : 'none'));
  const said = positions.map(i => story.steps[i - 1].line).find(Boolean);
  if (said) add('Your program', said.text ? h('code', {}, said.text) : '', ` ${said.file}:${said.number}`);
  return list;
}

// What an edge leads to, as buttons that select it.
function neighbours(id, from, to, story, dispatch) {
  const ids = [...new Set(Object.values(story.edges).filter(ends => ends[from] === id).map(ends => ends[to]))];
  const nameOfVertex = v => v.name || v.symbol || (v.kind === 'value' ? v.role : 'operation');
  if (!ids.length) return ['nothing'];
  return [h('div', { className: 'chalk-leads' }, ...ids.slice(0, LISTED).map(other => h('button', { type: 'button', onclick: () => dispatch({ type: 'select', id: other }) }, nameOfVertex(story.vertices[other]))),
    ids.length > LISTED ? `and ${ids.length - LISTED} more` : null)];
}
