// The graph: which vertices are known, which were just changed, which come next; selecting one of them.

import { arrayOf, gradientAt, valueAt } from './frames.mjs';

const SVG = 'http://www.w3.org/2000/svg';

export function pictureView(story, dispatch, uid) {
  const pane = document.createElement('div');
  pane.className = 'chalk-picture';
  const svg = drawn(story.svg);
  const byId = {};
  for (const g of svg.querySelectorAll('[id]')) {
    byId[g.id] = g;
    g.dataset.id = g.id;
    g.id = `${uid}-${g.id}`;
  }
  pane.append(svg);
  const vertices = Object.fromEntries(Object.entries(byId).filter(([, g]) => g.classList.contains('node'))
    .map(([id, g]) => [id, vertexView(id, g, story)]));
  for (const edge of svg.querySelectorAll('.edge')) edge.setAttribute('aria-hidden', 'true');
  listen(Object.entries(vertices), dispatch);
  const now = badge(svg, 'now', '● now'), next = badge(svg, 'next', '○ next');
  const vertexOf = id => vertices[story.shown_as[id] ?? id], edgeOf = id => byId[story.shown_as[id] ?? id];

  // done: the steps that this move has applied; smooth: whether the pane may glide to where something happens
  function show(state, frame, done, smooth) {
    for (const [id, v] of Object.entries(vertices)) v.show(state, id === state.selected);
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
    const looked = state.practice ? coming ?? last : last ?? coming; // who practises looks for what is asked
    if (looked) lookAt(pane, looked.g, smooth);
  }
  return { element: pane, show };
}

function drawn(source) {
  const svg = document.importNode(new DOMParser().parseFromString(source, 'image/svg+xml').documentElement, true);
  const { width, height } = svg.viewBox.baseVal;
  svg.style.setProperty('--wide', `${(width * 4) / 3}px`);
  svg.style.aspectRatio = `${width} / ${height}`;
  svg.removeAttribute('width');
  svg.removeAttribute('height');
  svg.setAttribute('role', 'group');
  svg.setAttribute('aria-label', 'Graph of the computation');
  return svg;
}

// One vertex is reached by Tab, the others from it by the arrows; a click, Enter and the space bar select.
function listen(vertices, dispatch) {
  const reach = g => {
    for (const [, v] of vertices) v.g.setAttribute('tabindex', v.g === g ? '0' : '-1');
  };
  if (vertices.length) reach(vertices[0][1].g);
  for (const [i, [id, { g }]] of vertices.entries()) {
    const select = () => { reach(g); dispatch({ type: 'select', id }); };
    g.addEventListener('click', select);
    g.addEventListener('keydown', event => {
      const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); select(); }
      if (!move) return;
      event.preventDefault();
      const other = vertices[(i + move + vertices.length) % vertices.length][1].g;
      reach(other);
      other.focus();
    });
  }
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
  let written = null;

  function show({ position }, selected) {
    g.classList.toggle('is-selected', selected);
    g.setAttribute('aria-pressed', String(selected));
    const value = valueAt(vertex, position, story), gradient = gradientAt(vertex, position);
    const key = `${Boolean(value)} ${gradient?.turn}`;
    if (key === written) return;
    written = key;
    const array = gradient && arrayOf(gradient.array, story), partial = Boolean(gradient && !gradient.complete);
    if (rows.value) fill(rows.value, 'value', value);
    if (rows.grad) fill(rows.grad, partial ? 'grad…' : 'grad', array);
    if (rows.norm) for (const { text, final } of rows.norm.entries) text.textContent = gradient?.complete ? final : 'grad not yet';
    g.classList.toggle('is-unknown', vertex.kind === 'value' && !value);
    g.classList.toggle('is-partial', partial);
    g.setAttribute('aria-label', spoken(words, vertex, value, gradient, array, rows.grad || rows.norm));
  }
  return { g, show };
}

function rowOf(g, row) {
  const all = what => [...g.querySelectorAll(`[data-row=${row}] ${what}`)];
  const entries = all('[data-entry]').map(text => ({ text, final: text.textContent }));
  return entries.length ? { names: all('[data-part=name]'), entries, bars: all(':is(polyline, polygon, path)') } : null;
}

function fill(row, name, array) {
  const cells = array?.cells ?? ['not yet'];
  for (const text of row.names) text.textContent = name;
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
  for (const [name, value] of Object.entries({ width: 36, height: 12, rx: 6 })) box.setAttribute(name, value);
  for (const [name, value] of Object.entries({ x: 18, y: 9, 'text-anchor': 'middle' })) text.setAttribute(name, value);
  text.textContent = words;
  svg.querySelector('.graph').append(g);
  return g;
}

function place(mark, vertex, aside = false) {
  mark.style.display = vertex ? '' : 'none';
  if (!vertex) return;
  const box = vertex.g.getBBox();
  mark.setAttribute('transform', `translate(${box.x + (aside ? 42 : 4)} ${box.y - 11})`);
}

function lookAt(pane, g, smooth) {
  const seen = pane.getBoundingClientRect(), box = g.getBoundingClientRect();
  const margin = 60;
  const inside = box.left > seen.left + margin && box.right < seen.right - margin && box.top > seen.top && box.bottom < seen.bottom;
  if (inside) return;
  pane.scrollTo({
    left: pane.scrollLeft + box.left + box.width / 2 - seen.left - seen.width / 2,
    top: pane.scrollTop + box.top + box.height / 2 - seen.top - seen.height / 2,
    behavior: smooth ? 'smooth' : 'auto',
  });
}
