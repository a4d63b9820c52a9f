// The state machine of the step page: what each event makes of a state. Run by test_stepper.py, with STEPPER the folder.

import assert from 'node:assert/strict';
import { test } from 'node:test';

const { atEnd, following, initial, preceding, stops, update } = await import(`${process.env.STEPPER}/machine.mjs`);

// Six steps, of which the fourth and fifth are one operation.
const story = { steps: Array.from({ length: 6 }, (_, i) => ({ title: `${i + 1}` })), operations: [0, 1, 2, 3, 5, 6], vertices: { n0: {}, n1: {} } };
const run = (state, ...events) => events.reduce((s, e) => update(s, typeof e === 'string' ? { type: e } : e, story), state);
const at = (position, more = {}) => ({ ...initial(position, story), ...more });

test('it begins where it is told, within the story', () => {
  assert.equal(initial(3, story).position, 3);
  assert.equal(initial(99, story).position, 6);
  assert.equal(initial(-4, story).position, 0);
  assert.equal(initial(NaN, story).position, 0);
  assert.deepEqual([initial(0, story).playing, initial(0, story).selected, initial(0, story).breakpoints], [false, null, []]);
});

test('next and previous are inverse', () => {
  for (let i = 0; i < 6; i++) assert.equal(run(at(i), 'next', 'previous').position, i);
  assert.equal(run(at(6), 'next').position, 6);
  assert.equal(run(at(0), 'previous').position, 0);
});

test('first, last, go', () => {
  assert.equal(run(at(3), 'first').position, 0);
  assert.equal(run(at(3), 'last').position, 6);
  assert.equal(run(at(3), { type: 'go', position: 5 }).position, 5);
  assert.equal(run(at(3), { type: 'go', position: 5.4 }).position, 5);
});

test('a leap stops at the ends', () => {
  assert.equal(run(at(3), { type: 'leap', by: 2 }).position, 5);
  assert.equal(run(at(3), { type: 'leap', by: 5 }).position, 6);
  assert.equal(run(at(3), { type: 'leap', by: -5 }).position, 0);
});

test('by operations, a move passes all contributions of one', () => {
  const coarse = { type: 'stride', stride: 'operation' };
  assert.deepEqual(stops(run(at(0), coarse), story), [0, 1, 2, 3, 5, 6]);
  assert.equal(run(at(3), coarse, 'next').position, 5);
  assert.equal(run(at(5), coarse, 'previous').position, 3);
  assert.equal(run(at(4), coarse).position, 5, 'within an operation, it goes on to its end');
  assert.equal(run(at(0), coarse, { type: 'go', position: 4 }).position, 5);
  assert.equal(run(at(6), coarse, { type: 'leap', by: -2 }).position, 3);
});

test('play ticks to the end and stops there', () => {
  let state = run(at(4), 'play');
  assert.equal(state.playing, true);
  state = run(state, 'tick');
  assert.deepEqual([state.position, state.playing], [5, true]);
  state = run(state, 'tick');
  assert.deepEqual([state.position, state.playing], [6, false]);
  assert.equal(run(at(2), 'tick').position, 2, 'a late tick moves nothing');
});

test('at the end, play starts over and toggle does nothing', () => {
  assert.deepEqual([run(at(6), 'play').position, run(at(6), 'play').playing], [0, true]);
  assert.deepEqual(run(at(6), 'toggle'), at(6));
  assert.equal(run(at(2), 'toggle').playing, true);
  assert.equal(run(at(2), 'toggle', 'toggle').playing, false);
});

test('whatever the reader moves by hand stops playing', () => {
  for (const event of ['next', 'previous', 'first', 'last', { type: 'go', position: 2 }, { type: 'leap', by: 1 }]) {
    assert.equal(run(at(3, { playing: true }), event).playing, false);
  }
  assert.equal(run(at(3, { playing: true }), { type: 'select', id: 'n0' }).playing, true, 'looking does not');
});

test('playing stops at breakpoints, also within an operation', () => {
  const broken = run(at(0), { type: 'breakpoint', position: 4 });
  assert.deepEqual(broken.breakpoints, [4]);
  const coarse = run({ ...broken, position: 3 }, { type: 'stride', stride: 'operation' }, 'play', 'tick');
  assert.deepEqual([coarse.position, coarse.playing], [4, false]);
  assert.deepEqual([run(coarse, 'play', 'tick').position, run(coarse, 'play', 'tick').playing], [5, true]);
  assert.deepEqual(run(broken, { type: 'breakpoint', position: 2 }).breakpoints, [2, 4]);
  assert.deepEqual(run(broken, { type: 'breakpoint', position: 4 }).breakpoints, []);
});

test('only speeds that there are', () => {
  assert.equal(run(at(0), { type: 'speed', speed: 2 }).speed, 2);
  assert.equal(run(at(0), { type: 'speed', speed: 7 }).speed, 1);
});

test('selecting moves nothing', () => {
  const state = run(at(3), { type: 'select', id: 'n1' });
  assert.deepEqual(state, at(3, { selected: 'n1', panel: 'selected' }));
  assert.equal(run(state, 'next').selected, 'n1');
  assert.equal(run(state, { type: 'select', id: null }).selected, null);
  assert.equal(run(state, { type: 'select', id: 'nothing' }).selected, null);
});

test('what comes before and after', () => {
  assert.deepEqual([following(at(6), story), preceding(at(0), story)], [null, null]);
  assert.deepEqual([following(at(0), story), preceding(at(6), story), atEnd(at(6), story), atEnd(at(5), story)], [1, 5, true, false]);
});

test('an unknown event is an error', () => {
  assert.throws(() => run(at(0), 'jump'), /No event is called jump/);
  assert.throws(() => run(at(0), 'toString'), /No event is called toString/);
});

test('a story without steps', () => {
  const empty = { steps: [], operations: [0], vertices: {} };
  const state = initial(0, empty);
  assert.equal(update(state, { type: 'next' }, empty).position, 0);
  assert.equal(update(state, { type: 'play' }, empty).playing, false);
});
