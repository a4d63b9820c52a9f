// A vertex of the picture. Its rows say what they are (data-row); their entries are written anew when they change.

import { SVG } from './dom.mjs';
import { arrayOf, gradientAt, valueAt } from './frames.mjs';
import { outlineOf } from './outline.mjs';

const NAME = 36, MISSING = 29, SIDE = 4; // how wide the name of a row is, and "not yet", and what stays free beside it

export function vertexView(shownId, g, story) {
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
  const entries = all('[data-entry]').map(text => ({ text, final: text.textContent, at: writtenAt(text) }));
  if (!entries.length) return null;
  const level = all('[data-part=name]')[0]?.getAttribute('y'), { x, width } = outlineOf(g), [{ at: first }] = entries;
  // What is missing is said in place of the first entry, beside the row's name: in a matrix, at the left of its column.
  const at = { ...first, y: level ?? first.y, ...(first['text-anchor'] === 'end' ? { x: x + NAME, 'text-anchor': 'start' } : {}) };
  return { entries, missing: { words: x + width - at.x - SIDE < MISSING ? '?' : 'not yet', at }, bars: all(':is(polyline, polygon, path)') };
}

// The place is written at once, so that attributes stand in one order whatever is shown first.
const writtenAt = text => writeAt(text, Object.fromEntries(['x', 'y', 'text-anchor'].map(name => [name, text.getAttribute(name) ?? 'start'])));
function writeAt(text, place) { for (const [name, value] of Object.entries(place)) text.setAttribute(name, value); return place; }

function fill(row, array) {
  const cells = array?.cells ?? [row.missing.words];
  row.entries.forEach(({ text, final, at }, k) => {
    text.textContent = cells.length === row.entries.length || !array ? cells[k] ?? '' : final;
    text.classList.toggle('is-missing', !array);
    if (!k) writeAt(text, array ? at : row.missing.at);
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
