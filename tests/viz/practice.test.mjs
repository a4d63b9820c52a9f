// Practice: answers read and judged, and what each event makes of a state. Run by test_stepper.py, with STEPPER the folder.

import assert from 'node:assert/strict';
import { test } from 'node:test';

const { judge, readNumber } = await import(`${process.env.STEPPER}/answers.mjs`);
const { begun, mistaken, practised, questionAt, tally } = await import(`${process.env.STEPPER}/practice.mjs`);

const asks = (right, wrong = [], more = {}) => ({ right, wrong, slack: 0, entries: right.map((_, i) => [i]), shape: [right.length], label: 'dx', ...more });
const cause = key => ({ key, written: '' });
const verdict = (question, ...typed) => judge(question, typed).verdict;

// --- numbers ----------------------------------------------------------------------------------------------------------

test('numbers as people write them', () => {
  const read = {
    '0.33': 0.33, '0,33': 0.33, '.5': 0.5, ',5': 0.5, '3.': 3, '-2': -2, '−2': -2, '–0,5': -0.5, '+1': 1, ' 4 ': 4, '1/3': 1 / 3, '-1/4': -0.25,
    '1 / 8': 0.125, '0,5/2,5': 0.2, '2e-3': 0.002, '2E3': 2000, '2e−3': 0.002, '2·10^-3': 0.002, '1,5*10^2': 150, '1.5x10**2': 150, '½': 0.5, '1 000': 1000,
    inf: Infinity, '-∞': -Infinity,
  };
  for (const [typed, value] of Object.entries(read)) assert.equal(readNumber(typed)?.value, value, typed);
  assert.ok(Number.isNaN(readNumber('nan').value));
});

test('what is not a number', () => {
  for (const typed of ['', ' ', 'abc', '1/0', '1.2.3', '1,2,3', '1.234,5', '1,234.5', '--1', 'e5', '1/2/3', '0x10', 'toString', '1e999'])
    assert.equal(readNumber(typed), null, typed);
});

test('half a unit of the last digit', () => {
  for (const [typed, half] of [['0.33', 0.005], ['0,3', 0.05], ['12', 0.5], ['2.50e-3', 0.000005], ['1/3', 0]])
    assert.ok(Math.abs(readNumber(typed).half - half) < 1e-12, typed);
});

// --- judging ----------------------------------------------------------------------------------------------------------

test('near enough is right, too coarse is not yet, and the rest is wrong', () => {
  const third = asks([1 / 3]);
  for (const typed of ['1/3', '0.333', '0.33', '0,33', '0.3333', '33.3e-2']) assert.equal(verdict(third, typed), 'right', typed);
  assert.equal(verdict(third, '0.3'), 'coarse');
  for (const typed of ['0.34', '0.3000', '0', '-1/3', '0.0333']) assert.equal(verdict(third, typed), 'wrong', typed);
  assert.equal(verdict(third, 'a third'), 'unreadable');
  assert.equal(verdict(asks([0]), '0'), 'right');
  assert.equal(verdict(asks([0]), '0.001'), 'wrong');
  assert.equal(verdict(asks([-0.00127]), '-0.0013'), 'coarse', 'of two digits the last may be too much');
  assert.equal(verdict(asks([-0.00127], [], { slack: 0.00005 }), '-0.0013'), 'right', 'unless the page itself rounds');
  assert.equal(verdict(asks(['inf'], []), 'inf'), 'right');
  assert.equal(verdict(asks(['nan'], []), 'nan'), 'right');
  assert.equal(verdict(asks(['inf'], []), '5'), 'wrong');
});

test('a wrong answer is told by every mistake that gives it', () => {
  const question = asks([1, 2], [{ values: [3, 6], causes: [cause('mean_missing'), cause('constant_factor')] },
    { values: [3.005, 6], causes: [cause('wrong_count'), cause('mean_missing')] }, { values: [-1, -2], causes: [cause('sign')] }]);
  assert.deepEqual(judge(question, ['3', '6']).causes.map(c => c.key), ['mean_missing', 'constant_factor', 'wrong_count']);
  assert.deepEqual(judge(question, ['-1,0', '−2']).causes.map(c => c.key), ['sign']);
  assert.deepEqual(judge(question, ['-1', '6']).causes, [], 'all entries have to be of one mistake');
  assert.deepEqual(judge(question, ['1', '7']).entries, ['right', 'wrong']);
  assert.deepEqual([judge(question, ['5', '10']).alike, judge(question, ['5', '11']).alike], [true, false]);
});

test('a short number is a mistake where it is just what one gives', () => {
  const question = asks([0.93], [{ values: [1], causes: [cause('local_missing')] }]);
  assert.deepEqual([verdict(question, '1'), judge(question, ['1']).entries[0]], ['wrong', 'wrong']);
  assert.equal(verdict(question, '0.9'), 'coarse');
});

test('the right answer is never taken for a mistake', () => {
  const question = asks([1], [{ values: [1.004], causes: [cause('sign')] }]);
  assert.equal(verdict(question, '1.004'), 'right');
});

// --- the machine ------------------------------------------------------------------------------------------------------

// Two steps forward, the start, four back of which the fourth cannot be asked; the last two are one operation.
const phases = ['forward', 'forward', 'seed', 'backward', 'backward', 'backward', 'backward'];
const story = {
  steps: phases.map((phase, i) => ({ phase, title: `${i}` })), operations: [0, 1, 2, 3, 4, 5, 7], vertices: { n0: {} },
  questions: { steps: phases.map((_, i) => i === 4 ? null : asks([i + 1], [{ values: [-i - 1], causes: [cause('sign')] }])), causes: {} },
};
const run = (state, ...events) => events.reduce((s, e) => practised(s, typeof e === 'string' ? { type: e } : e, story), state);
const answer = (...typed) => ({ type: 'answer', typed: typed.map(String) });
const start = begun(0, story), waiting = run(start, 'last');

test('the forward pass is shown, and the first question waits', () => {
  assert.deepEqual([start.position, start.reach, questionAt(start, story)], [0, 2, null]);
  assert.equal(begun(6, story).position, 2, 'also where the address asks for more');
  assert.deepEqual([waiting.position, questionAt(waiting, story)], [2, 2]);
});

test('no move goes past a question', () => {
  const moves = ['next', 'last', 'question', { type: 'go', position: 6 }, { type: 'leap', by: 5 }, 'play', 'toggle', 'review', { type: 'select', id: 'n0' },
    { type: 'breakpoint', position: 5 }, { type: 'stride', stride: 'operation' }, { type: 'stride', stride: 'contribution' }];
  for (const move of moves) {
    assert.equal(run(waiting, move).position, 2, JSON.stringify(move));
    assert.ok(run(start, move, 'next', 'last', 'tick').position <= 2, JSON.stringify(move));
  }
  assert.deepEqual([run(waiting, 'toggle').playing, run(waiting, 'play').playing], [false, false]);
  const playing = run(start, 'play', 'tick', 'tick', 'tick');
  assert.deepEqual([playing.position, playing.playing], [2, false]);
});

test('a right answer is applied, and the next question follows', () => {
  const after = run(waiting, answer(3));
  assert.deepEqual([after.position, after.reach, after.practice.said.verdict], [3, 3, 'right']);
  const unasked = run(after, answer(4));
  assert.deepEqual([unasked.position, unasked.reach], [4, 5], 'what cannot be asked is passed');
  assert.equal(questionAt(unasked, story), null);
  assert.equal(run(unasked, 'next').practice.said, null, 'what was said goes with a move');
  const end = run(unasked, 'question', answer(6), answer(7));
  assert.deepEqual([end.position, end.reach, questionAt(end, story)], [7, 7, null]);
  assert.deepEqual(tally(end, story), { asked: 4, done: 4, atOnce: 4, later: 0, shown: 0, wrong: 0 });
});

test('a wrong answer stays, and is counted', () => {
  const wrong = run(waiting, answer(-3), answer(8));
  assert.deepEqual([wrong.position, wrong.reach], [2, 2]);
  assert.deepEqual(wrong.practice.records[2].tries.map(t => t.causes.map(c => c.key)), [['sign'], []]);
  const right = run(wrong, answer(3));
  assert.deepEqual(tally(right, story), { asked: 4, done: 1, atOnce: 0, later: 1, shown: 0, wrong: 2 });
});

test('neither what cannot be read nor what is too coarse counts', () => {
  for (const typed of ['x', '']) assert.deepEqual(tally(run(waiting, answer(typed)), story).wrong, 0);
  const coarse = run(run(waiting, answer(3), answer(4)), 'question');
  assert.equal(coarse.position, 5);
  assert.equal(run(waiting, answer('3e0x')).practice.said.verdict, 'unreadable');
});

test('showing gives up', () => {
  const shown = run(waiting, 'show');
  assert.deepEqual([shown.position, shown.practice.said.verdict, tally(shown, story).shown], [3, 'shown', 1]);
  assert.deepEqual(run(start, 'show', answer(3), 'hint'), start, 'there is nothing to show where nothing is asked');
});

test('a hint is noted, and nothing is lost by it', () => {
  const hinted = run(waiting, 'hint');
  assert.equal(hinted.practice.records[2].hinted, true);
  assert.equal(tally(run(hinted, answer(3)), story).atOnce, 1);
});

test('review goes from mistake to mistake, and around', () => {
  const end = run(waiting, answer(-3), answer(3), 'show', 'question', answer(6), answer(1), answer(7));
  assert.deepEqual(mistaken(end, story), [2, 3, 6]);
  const places = [];
  for (let state = end, i = 0; i < 4; i++) places.push((state = run(state, 'review')).position);
  assert.deepEqual(places, [3, 4, 7, 3]);
  assert.deepEqual(run(waiting, 'review'), waiting);
});

test('again, from where it went wrong', () => {
  const end = run(waiting, answer(3), answer(-4), answer(4), 'question', 'show', answer(7));
  const again = run(end, 'again');
  assert.deepEqual([again.position, again.reach, questionAt(again, story)], [3, 3, 3]);
  assert.deepEqual(tally(again, story), { asked: 4, done: 1, atOnce: 1, later: 0, shown: 0, wrong: 0 });
  assert.deepEqual(run(waiting, 'again'), waiting);
});

test('the forward pass is asked where the reader wants it', () => {
  const both = run(waiting, { type: 'passes', passes: 'both' });
  assert.deepEqual([both.position, both.reach, tally(both, story).asked], [0, 0, 6]);
  const back = run(both, { type: 'passes', passes: 'backward' });
  assert.deepEqual([back.reach, tally(back, story).asked], [2, 4]);
  assert.equal(run(both, answer(1), answer(2)).reach, 2);
});

test('by operations, a question in the middle of one is asked, too', () => {
  const coarse = run(waiting, { type: 'stride', stride: 'operation' }, answer(3), answer(4), 'next');
  assert.equal(coarse.position, 5);
  assert.equal(run(coarse, answer(6), 'next', 'last').position, 6);
  assert.equal(run(coarse, answer(6), answer(7)).position, 7);
});

test('no state is changed in place, and none goes beyond its answers', () => {
  let seed = 7;
  const random = n => (seed = (seed * 48271) % 2147483647) % n;
  const events = [() => ({ type: 'next' }), () => ({ type: 'previous' }), () => ({ type: 'last' }), () => ({ type: 'go', position: random(9) }),
    () => ({ type: 'leap', by: random(7) - 3 }), () => ({ type: 'play' }), () => ({ type: 'tick' }), () => ({ type: 'question' }), () => ({ type: 'show' }),
    () => ({ type: 'hint' }), () => ({ type: 'review' }), () => ({ type: 'again' }), () => ({ type: 'passes', passes: ['both', 'backward'][random(2)] }),
    () => ({ type: 'stride', stride: ['operation', 'contribution'][random(2)] }), () => answer(random(9) - 1), () => answer('?')];
  let state = start;
  for (let i = 0; i < 5000; i++) {
    const before = JSON.stringify(state), event = events[random(events.length)](), after = run(state, event);
    assert.equal(JSON.stringify(state), before);
    const open = phases.findIndex((phase, k) => story.questions.steps[k] && (after.practice.passes === 'both' || phase !== 'forward') && !after.practice.records[k]?.done);
    assert.equal(after.reach, open < 0 ? 7 : open);
    assert.ok(after.position <= after.reach && (!after.playing || after.position < after.reach), event.type);
    state = after;
  }
});
