// The graph: which vertices are known, which were just changed, which come next; selecting one of them.

import { arrayOf, gradientAt, valueAt } from './frames.mjs';
import { outlineOf } from './outline.mjs';

const SVG = 'http://www.w3.org/2000/svg';
const LARGEST = 12; // the size of text where there is none

export function pictureView(story, dispatch, uid) {
  const svg = drawn(story.svg);
  const byId = {};
  for (const g of svg.querySelectorAll('[id]')) {
    byId[g.id] = g;
    g.dataset.id = g.id;
    g.id = `${uid}-${g.id}`;
  }
  const vertices = Object.fromEntries(Object.entries(byId).filter(([, g]) => g.classList.contains('node'))
    .map(([id, g]) => [id, vertexView(id, g, story)]));
  for (const edge of svg.querySelectorAll('.edge')) edge.setAttribute('aria-hidden', 'true');
  const reach = listen(Object.entries(vertices), dispatch);
  const now = badge(svg, 'now', '● now'), next = badge(svg, 'next', '○ next');
  const vertexOf = id => vertices[story.shown_as[id] ?? id], edgeOf = id => byId[story.shown_as[id] ?? id];

  // done: the steps that this move has applied. Gives the elements that the reader should see now.
  function show(state, frame, done) {
    const selected = vertexOf(state.selected);
    for (const v of Object.values(vertices)) v.show(state, v === selected);
    reach(selected);
    for (const g of svg.querySelectorAll('.is-now, .is-next, .is-flow')) g.classList.remove('is-now', 'is-next', 'is-flow', 'is-back');
    for (const s of done) {
      for (const id of [s.operation, s.changes]) vertexOf(id)?.g.classList.add('is-now');
      for (const id of s.edges) edgeOf(id)?.classList.add('is-flow', ...(s.phase === 'backward' ? ['is-back'] : []));
    }
    const last = done.length ? vertexOf(done.at(-1).changes) : null;
    const coming = frame.next ? vertexOf(frame.next.changes) : null;
    coming?.g.classList.add('is-next');
    place(now, last);
    place(next, coming, last !== null && coming === last);
    const moved = done.toReversed().flatMap(s => [s.changes, s.operation, s.node].map(vertexOf));
    const looked = state.practice ? [coming ?? last] : state.position ? [...moved, coming] : []; // who practises looks for what is asked
    return [...new Set(looked.filter(Boolean).map(({ g }) => g))];
  }
  const type = Math.min(...[...svg.querySelectorAll('text')].map(text => Number(text.getAttribute('font-size')) || Infinity), LARGEST);
  return { svg, type, show, vertexOf, edgeOf };
}

function drawn(source) {
  const svg = document.importNode(new DOMParser().parseFromString(source, 'image/svg+xml').documentElement, true);
  svg.classList.add('chalk-picture');
  svg.removeAttribute('width');
  svg.removeAttribute('height');
  svg.setAttribute('role', 'group');
  svg.setAttribute('aria-label', 'Graph of the computation');
  return svg;
}

// One vertex is reached by Tab, the selected or the first one, the others from it by the arrows; a click and the space bar
// select, a double click and Enter jump to where something happens to it.
function listen(vertices, dispatch) {
  const all = vertices.map(([, v]) => v.g);
  for (const [i, [id, { g }]] of vertices.entries()) {
    const select = () => dispatch({ type: 'select', id });
    const jump = () => { select(); dispatch({ type: 'runto', what: id, around: true }); };
    g.addEventListener('click', select);
    g.addEventListener('dblclick', jump);
    g.addEventListener('keydown', event => {
      const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); event.key === 'Enter' ? jump() : select(); }
      if (!move) return;
      event.preventDefault();
      all[(i + move + all.length) % all.length].focus({ preventScroll: true });
    });
  }
  let reached = null;
  return vertex => {
    const g = vertex?.g ?? all[0];
    if (g === reached) return;
    reached?.setAttribute('tabindex', '-1');
    g?.setAttribute('tabindex', '0');
    reached = g;
  };
}

// A vertex of the picture. Its rows say what they are (data-row); their entries are written anew when they change.
function vertexView(shownId, g, story) {
  const vertex = story.vertices[story.stands_for[shownId] ?? shownId];
  const title = g.querySelector('title');
  const words = title?.textContent ?? '';
  title?.remove();
  g.setAttribute('role', 'button');
  g.setAttribute('tabindex', '-1');
  const rows = Object.fromEntries(['value', 'grad', 'norm'].map(row => [row, rowOf(g, row)]));
  const turns = turnsOf(g);
  let written = null;

  function show({ position }, selected) {
    g.classList.toggle('is-selected', selected);
    g.setAttribute('aria-pressed', String(selected));
    const value = valueAt(vertex, position, story), gradient = gradientAt(vertex, position);
    const key = `${Boolean(value)} ${gradient?.turn}`;
    if (key === written) return;
    written = key;
    const array = gradient && arrayOf(gradient.array, story), partial = Boolean(gradient && !gradient.complete);
    if (rows.value) fill(rows.value, value);
    if (rows.grad) fill(rows.grad, array);
    turns.textContent = partial ? `${gradient.turn} of ${gradient.turns}` : '';
    if (rows.norm) for (const { text, final } of rows.norm.entries) text.textContent = gradient?.complete ? final : 'grad not yet';
    g.classList.toggle('is-unknown', vertex.kind === 'value' && !value);
    g.classList.toggle('is-partial', partial);
    g.setAttribute('aria-label', spoken(words, vertex, value, gradient, array, rows.grad || rows.norm));
  }
  return { g, show };
}

// Below the vertex: how many contributions to its gradient have arrived, as long as some are missing.
function turnsOf(g) {
  const text = document.createElementNS(SVG, 'text'), { x, y, width, height } = outlineOf(g);
  for (const [name, value] of Object.entries({ class: 'chalk-turns', x: x + width - 4, y: y + height + 10, 'text-anchor': 'end', 'font-size': 9 })) text.setAttribute(name, value);
  g.append(text);
  return text;
}

function rowOf(g, row) {
  const all = what => [...g.querySelectorAll(`[data-row=${row}] ${what}`)];
  const entries = all('[data-entry]').map(text => ({ text, final: text.textContent }));
  return entries.length ? { entries, bars: all(':is(polyline, polygon, path)') } : null;
}

function fill(row, array) {
  const cells = array?.cells ?? ['not yet'];
  row.entries.forEach(({ text, final }, k) => {
    text.textContent = cells.length === row.entries.length || !array ? cells[k] ?? '' : final;
    text.classList.toggle('is-missing', !array);
  });
  for (const bar of row.bars) bar.style.visibility = array ? '' : 'hidden';
}

function spoken(words, vertex, value, gradient, array, hasGradient) {
  if (vertex.kind !== 'value') return words;
  const said = [words, value ? `value ${value.cells.join(' ')}` : 'value not computed yet'];
  if (hasGradient) {
    said.push(gradient ? `gradient ${array.cells.join(' ')}` : 'gradient not computed yet');
    if (gradient && !gradient.complete) said.push(`so far, ${gradient.turn} of ${gradient.turns} contributions`);
  }
  return said.join(', ');
}

function badge(svg, kind, words) {
  const g = document.createElementNS(SVG, 'g');
  g.setAttribute('class', `chalk-badge ${kind}`);
  g.setAttribute('aria-hidden', 'true');
  const box = g.appendChild(document.createElementNS(SVG, 'rect'));
  const text = g.appendChild(document.createElementNS(SVG, 'text'));
  for (const [name, value] of Object.entries({ width: 40, height: 13, rx: 6.5 })) box.setAttribute(name, value);
  for (const [name, value] of Object.entries({ x: 20, y: 9.6, 'text-anchor': 'middle', 'font-size': 9 })) text.setAttribute(name, value);
  text.textContent = words;
  svg.querySelector('.graph').append(g);
  return g;
}

function place(mark, vertex, aside = false) {
  mark.style.display = vertex ? '' : 'none';
  if (!vertex) return;
  const box = outlineOf(vertex.g);
  mark.setAttribute('transform', `translate(${box.x + (aside ? 47 : 4)} ${box.y - 11})`);
}
