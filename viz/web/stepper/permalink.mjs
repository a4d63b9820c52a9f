// The state as a text that stands behind the # of an address, and back. What is as at the beginning is left out:
//
//   #step=13    #step=13&stride=operation&selected=n4&camera={"x":120,"y":80,"k":1.5}

import { entriesOf } from './arithmetic.mjs';
import { isFold } from './folds.mjs';
import { CHOICES, DEFAULTS, initial, isCamera, isVertex } from './machine.mjs';

const isPosition = (x, story) => Number.isInteger(x) && x >= 0 && x <= story.steps.length;

// What a field may be, where its default and its choices do not say so.
const CHECKS = {
  selected: (id, story) => isVertex(id, story),
  flipped: (list, story) => Array.isArray(list) && list.every(id => isFold(id, story)),
  camera: isCamera,
  xray: (path, story) => Array.isArray(path) && entriesOf(path, story).length === path.length,
  breakpoints: (list, story) => Array.isArray(list) && list.every(x => isPosition(x, story)),
  watch: (list, story) => Array.isArray(list) && list.every(what => what === 'parameters' || what === 'trouble' || isVertex(what, story)),
};

// more: what else is kept, as texts by name
export function hashOf(state, more = {}) {
  const fields = Object.keys(DEFAULTS).filter(name => !isSame(state[name], DEFAULTS[name])).map(name => [name, writtenField(state[name])]);
  const parts = [['step', state.position], ...fields, ...Object.entries(more)];
  return `#${parts.map(([name, text]) => `${name}=${encodeURIComponent(String(text).replace(/\p{Surrogate}/gu, '\ufffd'))}`).join('&')}`;
}

// The state that a hash tells of: what is missing, or is none of the story's, is as at the beginning. base: a state to begin with.
export function stateOf(hash, story, base = initial(0, story)) {
  const told = new URLSearchParams(hash.replace(/^#/, '').replace(/\+/g, '%2B'));
  const fields = Object.fromEntries(Object.keys(DEFAULTS).map(name => [name, readField(name, told.get(name), story)]));
  const state = { ...base, ...fields }, wanted = Math.round(Number(told.get('step'))) || 0;
  return { ...state, position: Math.max(0, Math.min(state.reach, wanted)) };
}

function readField(name, text, story) {
  const otherwise = structuredClone(DEFAULTS[name]);
  if (text === null) return otherwise;
  const value = typeof DEFAULTS[name] === 'string' || name === 'selected' ? text : parsed(text);
  const check = CHECKS[name] ?? (x => Object.hasOwn(CHOICES, name) ? CHOICES[name].includes(x) : typeof x === typeof DEFAULTS[name]);
  return check(value, story) ? value : otherwise;
}

function parsed(text) {
  try { return JSON.parse(text); } catch { return text; } // 'whole', and what is no JSON at all
}

const writtenField = value => typeof value === 'string' ? value : JSON.stringify(value);
const isSame = (a, b) => JSON.stringify(a) === JSON.stringify(b);
