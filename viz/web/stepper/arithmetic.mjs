// One entry of a value or of a gradient, and its arithmetic, read off the `entries` of a story's steps (docs/story.md).
// Nothing here knows the page. An entry is { vertex, gradient, place }: which value, whether its gradient is meant, and the
// index counted row by row.

import { arrayOf, gradientAt, valueAt } from './frames.mjs';

const HOLE = /⟦(\d+)⟧/g;
const SIMPLE = /^([\p{L}\p{N}_.]+(\[[^\][]*\])?|d?\([^()]*\))$/u;
const stepIndex = new WeakMap(), flatArrays = new WeakMap();

// A number in four significant digits, as Python's `decimal` writes it; a whole one of integers or booleans as it is.
export function decimal(x, whole = false) {
  if (typeof x === 'string') return { inf: '∞', '-inf': '−∞' }[x] ?? x;
  if (typeof x === 'boolean' || whole) return String(Number(x)).replace('-', '−');
  if (x === 0) return '0.0';
  const [mantissa, power] = x.toExponential(3).split('e'), exponent = Number(power);
  const scientific = exponent < -4 || exponent >= 4;
  const digits = scientific ? mantissa : x.toFixed(Math.max(0, 3 - exponent));
  const short = digits.includes('.') ? digits.replace(/0+$/, '').replace(/\.$/, '.0') : `${digits}.0`;
  const tail = scientific ? `e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}` : '';
  return short.replace('-', '−') + tail;
}

// The entries of an array in a row; null where they were not kept.
export function flatOf(array) {
  if (!array || array.data === null) return null;
  if (!flatArrays.has(array)) flatArrays.set(array, Array.isArray(array.data) ? array.data.flat(Infinity) : [array.data]);
  return flatArrays.get(array);
}

export function indexOf(place, shape) {
  const index = [];
  for (const n of [...shape].reverse()) { index.unshift(place % n); place = Math.floor(place / n); }
  return index;
}

export const sameEntry = (a, b) => a.vertex === b.vertex && a.gradient === b.gradient && a.place === b.place;

// What a value or gradient is at a position; null where it is not known yet, or was not kept.
export function slotArray({ vertex, gradient }, story, position = story.steps.length) {
  const v = story.vertices[vertex];
  return gradient ? arrayOf(gradientAt(v, position)?.array ?? null, story) : valueAt(v, position, story);
}

export const slotName = ({ vertex, gradient }, story) => gradient ? story.vertices[vertex].gradient_name : story.vertices[vertex].name;
export const countsIn = ({ vertex, gradient }, story) => !gradient && /^(u?int|bool)/.test(story.vertices[vertex].dtype);

export function entryNumber(entry, story, position) {
  return flatOf(slotArray(entry, story, position))?.[entry.place] ?? null;
}

export function entryText(entry, story, position) {
  const array = slotArray(entry, story, position), x = flatOf(array)?.[entry.place] ?? null;
  if (x === null) return '?';
  return array.cells.length === flatOf(array).length ? array.cells[entry.place] : decimal(x, countsIn(entry, story));
}

// W1[2,0]; a plain number is called as it is written.
export function entryName(entry, story) {
  const name = slotName(entry, story), index = indexOf(entry.place, story.vertices[entry.vertex].shape);
  if (!name) return entryText(entry, story);
  return index.length ? `${SIMPLE.test(name) ? name : `(${name})`}[${index.join(',')}]` : name;
}

// Whether this is an entry of the story, wherever it comes from.
export function isEntry(entry, story) {
  const vertex = Object.hasOwn(story.vertices, entry?.vertex ?? '') ? story.vertices[entry.vertex] : null;
  if (vertex?.kind !== 'value' || typeof entry.gradient !== 'boolean' || (entry.gradient && !vertex.wants_grad)) return false;
  return Number.isInteger(entry.place) && entry.place >= 0 && entry.place < vertex.shape.reduce((a, b) => a * b, 1);
}

// The entries that an event asks for; none where one is not in the story.
export const entriesOf = (path, story) => Array.isArray(path) && path.every(entry => isEntry(entry, story))
  ? path.map(({ vertex, gradient, place }) => ({ vertex, gradient, place })) : [];

// How an entry was computed, as far as that is known at a position: the step that computes a value, each contribution to a
// gradient. { step, title, value, formula, numbers, operands }; without a formula where arrays are too large.
export function entryParts(entry, story, position = story.steps.length) {
  return stepsOf(entry, story).filter(i => i < position && story.steps[i].phase !== 'seed').map(i => {
    const s = story.steps[i], made = arrayOf(s.phase === 'backward' ? s.contribution : s.arrived, story);
    const part = { step: i + 1, title: s.title, value: flatOf(made)?.[entry.place] ?? null, formula: null, numbers: null, operands: [] };
    if (!s.entries) return part;
    const [form, refs, short] = s.entries.arithmetic[entry.place];
    for (let k = 0; k < refs.length; k += 2) {
      const [vertex, gradient] = s.entries.slots[refs[k]];
      part.operands.push({ vertex, gradient, place: refs[k + 1] });
    }
    const names = part.operands.map(x => entryName(x, story)), numbers = part.operands.map(x => entryText(x, story));
    part.formula = short ?? story.forms[form].replace(HOLE, (_, i) => names[i]);
    part.numbers = inNumbers(story.forms[form], numbers);
    return part;
  });
}

// A formula with numbers in place of entries; one with a sign is put in parentheses where it has to be.
export function inNumbers(form, numbers) {
  return form.replace(HOLE, (hole, i, at) => {
    const text = numbers[i], before = form[at - 1] ?? '', after = form[at + hole.length] ?? '';
    const bare = ['', '('].includes(before) && ['', ')', ' ', '·', '/'].includes(after);
    return bare || /^\p{Nd}/u.test(text) ? text : `(${text})`;
  });
}

// What it is if it was not computed, in words.
export function originOf(entry, story) {
  if (entry.gradient) return 'where the sweep starts';
  return { parameter: 'a parameter', data: 'data', number: 'a number of the program' }[story.vertices[entry.vertex].role] ?? '';
}

// For each entry of a step's result the entries that it was computed from: [{ slot, of(place), into(place) }], where into()
// gives the places in the result that an entry of the slot went into.
export function readsOf(s, story) {
  if (!s.entries) return [];
  return Object.entries(s.entries.reads).map(([k, lists]) => {
    const [vertex, gradient] = s.entries.slots[k], size = story.vertices[vertex].shape.reduce((a, b) => a * b, 1);
    const count = s.entries.arithmetic.length, all = n => [...Array(n).keys()];
    const of = place => lists === 'same' ? [place] : lists === 'all' ? all(size) : lists[place];
    return { slot: { vertex, gradient }, of, into: place => all(count).filter(i => of(i).includes(place)) };
  });
}

function stepsOf({ vertex, gradient }, story) {
  if (!stepIndex.has(story)) {
    const found = {};
    story.steps.forEach((s, i) => (found[`${s.changes} ${s.phase !== 'forward'}`] ??= []).push(i));
    stepIndex.set(story, found);
  }
  return stepIndex.get(story)[`${vertex} ${gradient}`] ?? [];
}
