// Arrays as heat maps: blue below zero, orange above it, the paper where it is zero, and the numbers inside where they fit
// (else + and −). A large array is a histogram. Each has its table behind it.
//
//   heatMap(array, { name, whole, onlook, onopen })   one array: { element, light(places) }
//   stepArrays(step, story, dispatch)                 what a step is computed from, and its result; linked

import { decimal, entryName, entryText, flatOf, indexOf, readsOf, slotArray, slotName, countsIn } from './arithmetic.mjs';
import { h } from './dom.mjs';
import { arrayOf } from './frames.mjs';

const intoOperations = new WeakMap();
const WIDE = 7, NARROW = 14; // columns up to which four digits fit, and up to which two do
const FULL_SIZE = 9; // characters that fit at full size

// onlook(place)  an entry is looked at, by the mouse or by the keyboard; null: none is
// onopen(place)  an entry is opened
export function heatMap(array, { name, whole = false, onlook = () => {}, onopen = () => {} }) {
  const caption = h('figcaption', {}, h('b', {}, name), array.shape.length ? ` (${array.shape.join(', ')})` : '');
  const entries = flatOf(array);
  if (!entries) return { element: h('figure', { className: 'chalk-array' }, caption, ...summaryOf(array)), light() {} };
  if (!entries.length) return { element: h('figure', { className: 'chalk-array' }, caption, h('p', {}, 'empty')), light() {} };
  const finite = entries.map(Number).filter(Number.isFinite), top = Math.max(0, ...finite.map(Math.abs));
  const columns = array.shape.at(-1) ?? 1, rows = array.shape.length > 1 ? array.shape.at(-2) : 1;
  const density = columns <= WIDE ? 'wide' : columns <= NARROW ? 'narrow' : 'marks';
  const cells = entries.map((x, place) => cellOf(x, place, { array, name, top, whole, density }));
  const blocks = [];
  for (let first = 0; first < cells.length; first += rows * columns) {
    const lines = Array.from({ length: rows }, (_, r) => h('div', { role: 'row' }, ...cells.slice(first + r * columns, first + (r + 1) * columns)));
    const at = indexOf(first, array.shape).slice(0, -2).join(',');
    const grid = h('div', { className: `chalk-grid ${density}`, role: 'grid', ariaLabel: at ? `${name}[${at},:,:]` : name }, ...lines);
    grid.style.setProperty('--columns', columns);
    blocks.push(...(at ? [h('span', { className: 'chalk-slice' }, `[${at},:,:]`)] : []), grid);
  }
  const body = h('div', { className: 'chalk-blocks' }, ...blocks);
  roving(cells, columns, body, onlook, onopen);
  const element = h('figure', { className: 'chalk-array' }, caption, body, scaleOf(top), tableOf(array, entries, name, whole));
  return {
    element,
    light(places) {
      const lit = new Set(places);
      cells.forEach((cell, place) => cell.classList.toggle('is-lit', lit.has(place)));
    },
  };
}

// One value or gradient, as far as it is known: an array whose entries open, or a number that does.
export function openable(slot, story, position, dispatch) {
  const array = slotArray(slot, story, position), name = slotName(slot, story);
  if (!array) return 'not kept';
  const open = place => dispatch({ type: 'xray', path: [{ ...slot, place }] });
  if (array.shape.length) return heatMap(array, { name, whole: countsIn(slot, story), onopen: open }).element;
  const text = entryText({ ...slot, place: 0 }, story, position);
  return h('button', { type: 'button', className: 'chalk-number', title: 'Open its X-ray', ariaLabel: `X-ray of ${name || text} = ${text}`, onclick: () => open(0) }, text);
}

// The arrays of a step side by side: what it is computed from, an arrow, what it makes. Looking at an entry of the result
// lights those that it was computed from; looking at one of the others, those that it went into.
export function stepArrays(s, story, dispatch) {
  const made = { vertex: s.changes, gradient: s.phase !== 'forward' };
  const result = arrayOf(s.phase === 'backward' ? s.contribution : s.arrived, story);
  const slots = slotsOf(s, story);
  const shown = slots.map(slot => ({ slot, array: slotArray(slot, story) })).filter(x => x.array && !isNumber(x.slot, story));
  if (!result || ![result, ...shown.map(x => x.array)].some(a => a.shape.length)) {
    return s.entries ? h('p', { className: 'chalk-maps' }, h('span', {}, `${slotName(made, story)} = `, openable(made, story, story.steps.indexOf(s) + 1, dispatch))) : null;
  }
  const reads = readsOf(s, story), looked = h('output', { className: 'chalk-looked' }, hint(s));
  const maps = shown.map(({ slot, array }) => {
    const map = heatMap(array, {
      name: slotName(slot, story), whole: countsIn(slot, story), onlook: place => look(slot, place), onopen: place => open(slot, place),
    });
    return { slot, map, read: reads.find(r => r.slot.vertex === slot.vertex && r.slot.gradient === slot.gradient) };
  });
  const name = s.phase === 'backward' && s.turns > 1 ? `added to ${slotName(made, story)}` : slotName(made, story);
  const end = heatMap(result, { name, whole: countsIn(made, story), onlook: place => look(null, place), onopen: place => open(made, place) });

  function look(slot, place) {
    const from = slot && maps.find(m => m.slot === slot);
    end.light(from && place !== null ? from.read?.into(place) ?? [] : []);
    for (const { map, read } of maps) map.light(!slot && place !== null ? read?.of(place) ?? [] : []);
    looked.textContent = place === null ? hint(s) : words(slot, place);
  }

  function words(slot, place) {
    if (slot) return `${entryName({ ...slot, place }, story)} = ${entryText({ ...slot, place }, story)}`;
    const count = reads.reduce((n, r) => n + r.of(place).length, 0);
    const from = s.entries ? `, computed from the ${count === 1 ? 'entry that is' : `${count} entries that are`} lit` : '';
    return `${entryName({ ...made, place }, story)}: ${decimal(flatOf(result)?.[place] ?? '?', countsIn(made, story))}${count ? from : ''}`;
  }

  const open = (slot, place) => dispatch({ type: 'xray', path: [{ vertex: slot.vertex, gradient: slot.gradient, place }] });
  return h('div', { className: 'chalk-arrays' }, h('div', { className: 'chalk-maps' }, ...maps.map(m => m.map.element),
    h('span', { className: 'chalk-into', ariaHidden: 'true' }, '→'), end.element), looked);
}

const hint = s => s.entries ? 'Point at an entry to light what it was computed from; click it for its arithmetic.'
  : 'These arrays are too large to be taken apart.';
const isNumber = ({ vertex, gradient }, story) => !gradient && story.vertices[vertex].role === 'number';

// What a step is computed from: as its entries say, or else whatever flows into its operation.
function slotsOf(s, story) {
  if (s.entries) return s.entries.slots.map(([vertex, gradient]) => ({ vertex, gradient }));
  const before = intoOperation(s.operation, story).map(source => ({ vertex: source, gradient: false }));
  const known = s.phase === 'backward' ? [{ vertex: s.node, gradient: true }, ...before] : s.phase === 'forward' ? before : [];
  return known.filter((a, i) => known.findIndex(b => a.vertex === b.vertex && a.gradient === b.gradient) === i);
}

// The ids of what flows into an operation; of a large story all edges are gone through once.
function intoOperation(id, story) {
  if (!intoOperations.has(story)) {
    const found = {};
    for (const [source, target] of Object.values(story.edges)) (found[target] ??= []).push(source);
    intoOperations.set(story, found);
  }
  return intoOperations.get(story)[id] ?? [];
}

function cellOf(x, place, { array, name, top, whole, density }) {
  const number = Number(x), index = indexOf(place, array.shape).join(',');
  const sign = !Number.isFinite(number) ? 'odd' : number > 0 ? 'positive' : number < 0 ? 'negative' : 'zero';
  const full = decimal(x, whole), label = `${name}${index ? `[${index}]` : ''} = ${full}`;
  const text = density === 'wide' ? full : density === 'narrow' ? shorter(x, whole) : { positive: '+', negative: '−', zero: '·', odd: '!' }[sign];
  const cell = h('div', { className: `chalk-cell ${sign}${text.length > FULL_SIZE ? ' long' : ''}`, role: 'gridcell', tabIndex: place ? -1 : 0, ariaLabel: label, title: label }, text);
  if (top && Number.isFinite(number)) cell.style.setProperty('--heat', `${Math.round(100 * Math.abs(number) / top)}%`);
  cell.dataset.place = place;
  return cell;
}

// Two significant digits.
function shorter(x, whole) {
  if (typeof x !== 'number' || whole || x === 0) return decimal(x, true);
  const size = Math.abs(x);
  if (size >= 1000 || size < 0.001) return x.toExponential(0).replace('-', '−').replace('e+', 'e');
  return String(Number(x.toPrecision(2))).replace('-', '−').replace(/^(−?)0\./, '$1.');
}

// One entry is reached by Tab, the others from it by the arrows; Enter, the space bar and a click open.
function roving(cells, columns, body, onlook, onopen) {
  const placeOf = event => { const cell = event.target.closest('.chalk-cell'); return cell ? Number(cell.dataset.place) : null; };
  let reached = 0;
  const reach = place => { cells[reached].tabIndex = -1; reached = place; cells[place].tabIndex = 0; };
  body.addEventListener('mouseover', event => { const place = placeOf(event); if (place !== null) onlook(place); });
  body.addEventListener('mouseleave', () => onlook(null));
  body.addEventListener('focusin', event => { const place = placeOf(event); if (place !== null) { reach(place); onlook(place); } });
  body.addEventListener('focusout', event => { if (!body.contains(event.relatedTarget)) onlook(null); });
  body.addEventListener('click', event => { const place = placeOf(event); if (place !== null) onopen(place); });
  body.addEventListener('keydown', event => {
    const move = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
    const place = placeOf(event);
    if (place === null || event.ctrlKey || event.altKey || event.metaKey || (!move && event.key !== 'Enter' && event.key !== ' ')) return;
    event.preventDefault();
    if (!move) return onopen(place);
    if (cells[place + move]) cells[place + move].focus();
  });
}

const scaleOf = top => h('div', { className: 'chalk-scale', ariaHidden: 'true' }, h('span', {}, top ? decimal(-top) : ''), h('i', {}),
  h('span', {}, top ? decimal(top) : 'all zero'));

// All numbers as a table, made when it is first opened.
function tableOf(array, entries, name, whole) {
  const element = h('details', { className: 'chalk-behind' }, h('summary', { ariaLabel: `${name} as a table` }, 'Table'));
  element.ontoggle = () => {
    if (!element.open || element.querySelector('table')) return;
    const columns = array.shape.at(-1) ?? 1, heads = array.shape.length ? [...Array(columns).keys()] : [''];
    const row = first => h('tr', {}, h('th', { scope: 'row' }, indexOf(first, array.shape).slice(0, -1).join(',') || '0'),
      ...entries.slice(first, first + columns).map(x => h('td', {}, whole ? decimal(x, true) : typeof x === 'number' ? String(x).replace('-', '−') : decimal(x))));
    const rows = Array.from({ length: Math.ceil(entries.length / columns) }, (_, r) => row(r * columns));
    element.append(h('div', { className: 'chalk-listing', tabIndex: 0, role: 'region', ariaLabel: `${name}: all entries` }, h('table', {},
      h('thead', {}, h('tr', {}, h('td', {}), ...heads.map(k => h('th', { scope: 'col' }, String(k))))), h('tbody', {}, ...rows))));
  };
  return element;
}

// A large array in a few numbers, and how often it has which.
function summaryOf(array) {
  const { low, high, mean, norm, zeros, undefined: odd, counts } = array.summary, most = Math.max(...counts), wide = (high - low) / counts.length;
  const said = i => `${counts[i]} from ${decimal(low + i * wide)} to ${decimal(low + (i + 1) * wide)}`;
  const bars = counts.map((n, i) => {
    const bar = h('i', { title: said(i), className: low + (i + 1) * wide <= 0 ? 'negative' : low + i * wide >= 0 ? 'positive' : 'zero' });
    bar.style.setProperty('--tall', `${100 * n / most}%`);
    return bar;
  });
  const facts = [['lowest', low], ['highest', high], ['mean', mean], ['norm', norm]].map(([what, x]) => `${what} ${x === null ? '?' : decimal(x)}`);
  if (zeros) facts.push(`${zeros} zero`);
  if (odd) facts.push(`${odd} nan or infinite`);
  return [h('div', { className: 'chalk-histogram', role: 'img', ariaLabel: `Histogram from ${decimal(low)} to ${decimal(high)}: ${counts.join(', ')}` }, ...bars),
    h('div', { className: 'chalk-ends', ariaHidden: 'true' }, h('span', {}, decimal(low)), h('span', {}, decimal(high))), h('p', {}, facts.join(' · '))];
}
