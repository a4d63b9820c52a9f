// Steps through a recorded run, forward and back. One plain module for the page and for the notebook's widget.
//
//   const stepper = mount(element, state, onstep)     stepper.go(12); stepper.step; stepper.destroy()
//
// `state` is what viz.web.state_of() makes. At position i the first i steps have been applied: what is shown is a function of i
// alone, so going forward, going back and jumping cannot differ.

const SVG = 'http://www.w3.org/2000/svg';
const PLAY_MS = 1400;
let instances = 0;

export function mount(el, state, onstep = () => {}) {
  const uid = `chalk${++instances}`;
  const steps = state.steps;
  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  let position = 0, coarse = false, timer = null;

  const view = build(el, state, uid);
  const picture = drawPicture(view.picture, state, uid);
  const frames = allFrames(state);

  // --- moving ------------------------------------------------------------------------------------------------------

  const stops = () => !coarse ? frames.map((_, i) => i) : state.operations;
  const after = () => stops().find(i => i > position) ?? position;
  const before = () => stops().findLast(i => i < position) ?? position;

  function go(i, told = true) {
    i = Math.max(0, Math.min(steps.length, Math.round(i) || 0));
    if (coarse) i = stops().find(stop => stop >= i);
    const near = i === after() || i === before();
    position = i;
    show(near);
    if (told) onstep(i);
  }

  function play(on) {
    clearInterval(timer);
    timer = null;
    if (on) {
      if (position === steps.length) go(0);
      timer = setInterval(() => { go(after()); if (position === steps.length) play(false); }, PLAY_MS);
    }
    view.play.textContent = on ? '❙❙ Pause' : '▶ Play';
    view.play.setAttribute('aria-pressed', String(on));
    view.now.setAttribute('aria-live', on ? 'off' : 'polite');
  }

  const PAGE = 5;
  const several = by => () => {
    const places = stops(), at = places.findLastIndex(i => i <= position);
    go(places[Math.max(0, Math.min(places.length - 1, at + by))]);
  };
  const moves = {
    first: () => go(0), back: () => go(before()), forward: () => go(after()), last: () => go(steps.length),
    play: () => play(!timer),
  };
  const leaps = { pageUp: several(-PAGE), pageDown: several(PAGE) };
  for (const [name, move] of Object.entries(moves)) {
    view[name].onclick = () => { if (name !== 'play') play(false); move(); };
  }
  view.slider.oninput = () => { play(false); go(stops()[view.slider.value]); };
  view.coarse.onchange = () => { coarse = view.coarse.checked; go(position); };
  view.table.ontoggle = () => { if (view.table.open) fillTable(); markRow(); };

  const KEYS = { ArrowRight: 'forward', ArrowLeft: 'back', Home: 'first', End: 'last', PageUp: 'pageUp', PageDown: 'pageDown', ' ': 'play' };
  function onkey(event) {
    const move = KEYS[event.key];
    const tag = event.target.tagName;
    if (!move || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
    if (tag === 'INPUT' && (event.target.type !== 'checkbox' || move === 'play')) return;
    if (move === 'play' && (tag === 'BUTTON' || tag === 'SUMMARY' || event.target.closest('[role=button]'))) return;
    event.preventDefault();
    if (move === 'play' && !timer && position === steps.length) return; // only the button starts over
    if (move !== 'play') play(false);
    (moves[move] ?? leaps[move])();
  }
  const keyTarget = state.keys === 'page' ? document : el;
  keyTarget.addEventListener('keydown', onkey);
  picture.onvertex(id => {
    const concerned = i => [steps[i].node, steps[i].changes, steps[i].operation].some(v => v && picture.shownAs(v) === id);
    const all = steps.map((_, i) => i).filter(concerned).map(i => i + 1);
    if (all.length) { play(false); go(all.find(i => i > position) ?? all[0]); }
  });

  // --- showing -----------------------------------------------------------------------------------------------------

  function show(near) {
    const places = stops(), at = places.indexOf(position);
    const done = steps.slice(at > 0 ? places[at - 1] : 0, position);
    const next = position < steps.length ? steps[position] : null;
    view.slider.max = places.length - 1;
    view.slider.value = at;
    view.slider.setAttribute('aria-valuetext', `step ${position} of ${steps.length}`);
    view.count.textContent = `step ${position} of ${steps.length}`;
    for (const name of ['first', 'back']) view[name].setAttribute('aria-disabled', String(position === 0));
    for (const name of ['forward', 'last']) view[name].setAttribute('aria-disabled', String(position === steps.length));
    picture.show(frames[position], done, next, !near || calm.matches); // a jump is not followed smoothly
    view.now.replaceChildren(...(done.length ? done.map((s, i) => card(s, state, done.length > 1 ? i : -1)) : [opening(state)]));
    view.next.replaceChildren(next ? h('p', {}, h('b', {}, '○ Next: '), next.title)
      : h('p', {}, h('b', {}, '✓ '), 'Every gradient is complete.'));
    markRow();
  }

  function fillTable() {
    if (view.rows.childElementCount) return;
    view.rows.append(...steps.map((s, i) => h('tr', {},
      h('td', {}, h('button', { type: 'button', onclick: () => { play(false); go(i + 1); }, ariaLabel: `Go to step ${i + 1}` },
        String(i + 1))),
      h('th', { scope: 'row' }, s.title),
      h('td', {}, maths(state, s.formula)),
      h('td', {}, s.numbers ? maths(state, s.numbers) : '—'),
      h('td', {}, s.phase !== 'backward' ? '' : s.turns === 1 ? 'the only one' : `${s.turn} of ${s.turns}`),
      h('td', {}, entries(state.arrays[s.arrived])))));
  }

  function markRow() {
    [...view.rows.children].forEach((row, i) => {
      if (i + 1 === position) row.setAttribute('aria-current', 'step');
      else row.removeAttribute('aria-current');
    });
  }

  go(state.step || 0, false);
  return {
    go: i => go(i, false),
    get step() { return position; },
    get frame() { return frames[position]; },
    destroy() { play(false); keyTarget.removeEventListener('keydown', onkey); el.replaceChildren(); },
  };
}

// The notebook's widget (anywidget): `state` and `step` are traits of the Python side.
function render({ model, el }) {
  const stepper = mount(el, { ...model.get('state'), step: model.get('step') }, i => {
    model.set('step', i);
    model.save_changes();
  });
  const follow = () => { if (model.get('step') !== stepper.step) stepper.go(model.get('step')); };
  model.on('change:step', follow);
  return () => { model.off('change:step', follow); stepper.destroy(); };
}
export default { render };

// --- what is known at each position ----------------------------------------------------------------------------------

// frames[i]: { values, gradients } after i steps, by vertex id; a gradient has also `complete`, `turn`, `turns`.
function allFrames(state) {
  return state.steps.concat(null).map((_, position) => frameAt(state, position));
}

function frameAt(state, position) {
  const values = {}, gradients = {};
  for (const [id, { kind, value, gradient }] of Object.entries(state.vertices)) {
    if (kind !== 'value') continue;
    if (value.since <= position) values[id] = state.arrays[value.array];
    const turn = gradient.filter(change => change.since <= position).length;
    if (turn) gradients[id] = { ...state.arrays[gradient[turn - 1].array], turn, turns: gradient.length, complete: turn === gradient.length };
  }
  return { values, gradients };
}

// --- the frame of the page -------------------------------------------------------------------------------------------

function h(tag, props = {}, ...children) {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children.filter(c => c !== null && c !== undefined));
  return node;
}

function build(el, state, uid) {
  const button = (text, label) => h('button', { type: 'button', ariaLabel: label, title: label }, text);
  const view = {
    first: button('|◀ First', 'First (Home)'), back: button('◀ Back', 'Back (left arrow)'),
    forward: button('Forward ▶', 'Forward (right arrow)'), last: button('Last ▶|', 'Last (End)'),
    play: h('button', { type: 'button', title: 'Play or pause (space)' }, '▶ Play'),
    slider: h('input', { type: 'range', min: 0, step: 1, ariaLabel: 'Step' }),
    coarse: h('input', { type: 'checkbox', id: `${uid}-coarse` }),
    count: h('output', { className: 'chalk-count' }),
    picture: h('div', { className: 'chalk-picture' }),
    now: h('div', { className: 'chalk-now' }), next: h('div', { className: 'chalk-next' }),
    rows: h('tbody'),
  };
  const heads = ['', 'Step', 'Rule', 'With numbers', 'Contribution', 'Value or gradient after it'];
  view.table = h('details', { className: 'chalk-table' }, h('summary', {}, 'All steps as a table'),
    h('div', { className: 'chalk-scroll', tabIndex: 0 }, h('table', {},
      h('thead', {}, h('tr', {}, ...heads.map(text => h('th', { scope: 'col' }, text)))), view.rows)));
  el.replaceChildren(h('div', { className: 'chalk' },
    h('header', {}, h('h1', {}, 'Step by step: ', h('span', {}, state.title)), view.count),
    h('div', { className: 'chalk-bar', role: 'group', ariaLabel: 'Steps' },
      view.first, view.back, view.forward, view.last, view.play, view.slider,
      h('label', { htmlFor: view.coarse.id }, view.coarse, ' one step per operation')),
    view.picture,
    h('p', { className: 'chalk-legend' }, h('span', { className: 'now' }, '● now'), ' what this step has changed   ',
      h('span', { className: 'next' }, '○ next'), ' what comes next   ',
      h('span', { className: 'partial' }, 'grad…'), ' more contributions to come'),
    h('div', { className: 'chalk-panel' }, view.now, view.next),
    view.table));
  view.now.setAttribute('aria-live', 'polite');
  return view;
}

function opening(state) {
  return h('section', { className: 'chalk-card' }, h('h2', {}, 'Before the first step'),
    h('p', {}, 'Only parameters and data are known. First every value is computed, from left to right; '
      + `then the gradient of ${state.title} is carried back, from right to left.`));
}

function card(s, state, i) {
  const line = (term, ...content) => [h('dt', {}, term), h('dd', { tabIndex: content[0].localName === 'math' ? 0 : -1 }, ...content)];
  const backward = s.phase === 'backward';
  const list = h('dl', {}, ...line(s.phase === 'forward' ? 'Formula' : 'Rule', maths(state, s.formula)));
  if (s.numbers) list.append(...line('With numbers', maths(state, s.numbers)));
  else if (s.shapes) list.append(...line('Shapes', maths(state, s.shapes)));
  if (backward && s.sum) list.append(...line('Adding up', maths(state, s.sum)));
  if (backward && s.turns > 1) list.append(...line('Contribution', `${s.turn} of ${s.turns}${s.complete ? ': complete' : ''}`));
  if (s.line) list.append(...line('Your program', s.line.text ? h('code', {}, s.line.text) : '', ` ${s.line.file}:${s.line.number}`));
  if (i <= 0) list.append(...line('Why now', s.why));
  return h('section', { className: `chalk-card ${s.phase}` }, h('h2', {}, s.title), h('p', {}, s.words), list);
}

function maths(state, latex) {
  const made = new DOMParser().parseFromString(state.formulas[latex], 'application/xml').documentElement;
  return document.importNode(made, true);
}

function entries(array) {
  if (!array) return 'not kept';
  const shape = array.shape.length ? ` (${array.shape.join(', ')})` : '';
  return array.cells.length > 12 ? `array${shape}` : array.cells.join('  ') + shape;
}

// --- the picture -----------------------------------------------------------------------------------------------------

function drawPicture(pane, state, uid) {
  const parsed = new DOMParser().parseFromString(state.svg, 'image/svg+xml').documentElement;
  const svg = document.importNode(parsed, true);
  const { width, height } = svg.viewBox.baseVal;
  svg.style.setProperty('--wide', `${(width * 4) / 3}px`);
  svg.style.aspectRatio = `${width} / ${height}`;
  svg.removeAttribute('width');
  svg.removeAttribute('height');
  svg.setAttribute('role', 'group');
  svg.setAttribute('aria-label', 'Graph of the computation');
  const byId = {};
  for (const g of svg.querySelectorAll('[id]')) {
    byId[g.id] = g;
    g.id = `${uid}-${g.id}`;
  }
  pane.append(svg);
  const vertices = Object.fromEntries(Object.entries(byId).filter(([, g]) => g.classList.contains('node'))
    .map(([id, g]) => [id, vertexOf(g, state, id)]));
  const edges = [...svg.querySelectorAll('.edge')];
  for (const edge of edges) edge.setAttribute('aria-hidden', 'true');
  const first = Object.values(vertices)[0];
  if (first) first.g.setAttribute('tabindex', '0');
  const now = badge(svg, 'now', '● now'), next = badge(svg, 'next', '○ next');
  const shownAs = id => state.shown_as[id] ?? id;

  function show(frame, done, nextStep, atOnce) {
    for (const v of Object.values(vertices)) v.show(frame);
    for (const g of svg.querySelectorAll('.is-now, .is-next, .is-flow')) g.classList.remove('is-now', 'is-next', 'is-flow', 'is-back');
    for (const s of done) {
      for (const id of [s.operation, s.changes]) vertices[shownAs(id)]?.g.classList.add('is-now');
      for (const id of s.edges) byId[id]?.classList.add('is-flow', ...(s.phase === 'backward' ? ['is-back'] : []));
    }
    const last = done.at(-1);
    place(now, last && vertices[shownAs(last.changes)]);
    const target = nextStep && vertices[shownAs(nextStep.changes)];
    target?.g.classList.add('is-next');
    place(next, target, last && target === vertices[shownAs(last.changes)]);
    const looked = last ? last.changes : nextStep?.changes;
    if (looked) lookAt(pane, vertices[shownAs(looked)]?.g, atOnce);
  }

  function onvertex(act) {
    const order = Object.entries(vertices);
    for (const [i, [id, { g }]] of order.entries()) {
      g.addEventListener('click', () => act(id));
      g.addEventListener('keydown', event => {
        const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); act(id); }
        if (!move) return;
        event.preventDefault();
        const other = order[(i + move + order.length) % order.length][1].g;
        g.setAttribute('tabindex', '-1');
        other.setAttribute('tabindex', '0');
        other.focus();
      });
    }
  }
  return { show, onvertex, shownAs };
}

// A vertex of the picture: its rows "value" and "grad" are written anew at each step.
function vertexOf(g, state, shownId) {
  const id = state.stands_for[shownId] ?? shownId;
  const group = id !== shownId, vertex = state.vertices[id];
  const title = g.querySelector('title');
  const words = title?.textContent ?? '';
  title?.remove();
  g.setAttribute('role', 'button');
  g.setAttribute('tabindex', '-1');
  const rows = { value: null, grad: null };
  let row = null;
  for (const child of g.children) {
    const label = child.localName === 'text' && child.getAttribute('font-weight') !== 'bold' && child.textContent;
    if (label === 'value' || label === 'grad') {
      row = rows[label] = { label, text: child, cells: [], bars: [] };
    } else if (group && child.textContent.startsWith('grad norm')) {
      rows.norm = { text: child, final: child.textContent };
    } else if (row && child.localName === 'text') {
      if (child.textContent.trim()) row.cells.push({ text: child, final: child.textContent });
    } else if (row) {
      row.bars.push(child);
    }
  }
  function show(frame) {
    const value = frame.values[id], gradient = frame.gradients[id];
    if (rows.value) fill(rows.value, value);
    if (rows.grad) fill(rows.grad, gradient, gradient && !gradient.complete);
    if (rows.norm) rows.norm.text.textContent = gradient?.complete ? rows.norm.final : 'grad not yet';
    g.classList.toggle('is-unknown', vertex.kind === 'value' && !value);
    g.classList.toggle('is-partial', Boolean(gradient && !gradient.complete));
    g.setAttribute('aria-label', spoken(words, vertex, value, gradient, rows.grad || rows.norm));
  }
  return { g, show };
}

function fill(row, array, partial = false) {
  const cells = array?.cells ?? ['not yet'];
  row.text.textContent = partial ? `${row.label}…` : row.label;
  row.cells.forEach((cell, k) => {
    cell.text.textContent = cells.length === row.cells.length || !array ? cells[k] ?? '' : cell.final;
    cell.text.classList.toggle('is-missing', !array);
  });
  for (const bar of row.bars) bar.style.visibility = array ? '' : 'hidden';
}

function spoken(words, vertex, value, gradient, hasGradient) {
  if (vertex.kind !== 'value') return words;
  const said = [words, value ? `value ${value.cells.join(' ')}` : 'value not computed yet'];
  if (hasGradient) {
    said.push(gradient ? `gradient ${gradient.cells.join(' ')}` : 'gradient not computed yet');
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

function lookAt(pane, g, atOnce) {
  if (!g) return;
  const seen = pane.getBoundingClientRect(), box = g.getBoundingClientRect();
  const margin = 60;
  const inside = box.left > seen.left + margin && box.right < seen.right - margin && box.top > seen.top && box.bottom < seen.bottom;
  if (inside) return;
  pane.scrollTo({
    left: pane.scrollLeft + box.left + box.width / 2 - seen.left - seen.width / 2,
    top: pane.scrollTop + box.top + box.height / 2 - seen.top - seen.height / 2,
    behavior: atOnce ? 'auto' : 'smooth',
  });
}
