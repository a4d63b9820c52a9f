// What the page's state machine does besides moving: running to breakpoints, searching, looking, permalinks. Run by
// test_stepper.py, with STEPPER the folder.

import assert from 'node:assert/strict';
import { test } from 'node:test';

const module = name => import(`${process.env.STEPPER}/${name}.mjs`);
const { DEFAULTS, CHOICES, initial, update } = await module('machine');
const { breaks, changesOf } = await module('breakpoints');
const { hits, relatives } = await module('search');
const { hashOf, stateOf } = await module('permalink');
const { boxAround, followingView, panned, pointAt, seenBy, wholeView, zoomed } = await module('camera');
const { eventOf, keySheet } = await module('keys');
const { chainOf } = await module('chain');
const { begun, packed, practised, unpacked } = await module('practice');

// J = (w · x): w n0, x n1, the product n2, J n3. Steps: 1 forward, 2 the start, 3 to w; and 4 to 6 that nothing is watched at.
const value = (name, role, since, gradient, scope = []) => ({ kind: 'value', role, name, symbol: '', scope, shape: [], value: { since, array: 0 }, gradient: gradient.map(s => ({ since: s, array: 0 })), wants_grad: true });
const story = {
  steps: Array.from({ length: 6 }, (_, i) => ({ title: `${i + 1}`, phase: i ? 'backward' : 'forward', operation: i ? 'n2' : null, last: true, node: 'n3', changes: 'n0', turns: 1, edges: [] })),
  operations: [0, 1, 2, 3, 4, 5, 6],
  vertices: {
    n0: value('W1', 'parameter', 0, [2, 3], ['layer 1']), n1: value('X', 'data', 0, []), n2: { kind: 'operation', role: '', name: 'matmul', symbol: '@', scope: ['layer 1'] },
    n3: value('J', 'output', 1, [2]), n4: value('W2', 'parameter', 0, [5], ['layer 2']),
  },
  edges: { e0: ['n0', 'n2'], e1: ['n1', 'n2'], e2: ['n2', 'n3'] }, stands_for: { g0: 'n3' },
  folding: {
    level: 'none', parents: { n2: 'g0', n3: 'g0' }, insides: { '': {}, g0: {} }, stamps: {},
    folds: { g0: { kind: 'layer', title: 'Layer 1', parent: '', outcome: 'n3', levels: ['layer'] } },
  },
  flow: { trouble: [4], edges: {}, marks: {} },
  chain: [null, null, { via: null, factor: 0, number: '2.0', norm: '1.0' }, { via: 2, factor: 1, number: null, norm: '0.5' }, { via: 3, factor: 0, number: null, norm: '0.1' }, { via: 4, factor: 1, number: null, norm: '0.05' }],
};
const run = (state, ...events) => events.reduce((s, e) => update(s, typeof e === 'string' ? { type: e } : e, story), state);
const at = (position, more = {}) => ({ ...initial(position, story), ...more });

test('what is watched, and when it changes', () => {
  assert.deepEqual(changesOf('n0', story), [3], 'a parameter: when its gradient is complete');
  assert.deepEqual(changesOf('n3', story), [1, 2], 'a result: when it is computed, too');
  assert.deepEqual(changesOf('g0', story), [1, 2], 'a group: what flows out of it');
  assert.deepEqual(changesOf('n2', story), [2, 3, 4, 5, 6]);
  assert.deepEqual(changesOf('parameters', story), [3, 5]);
  assert.deepEqual(changesOf('trouble', story), [4]);
  assert.deepEqual(changesOf('nothing', story), []);
});

test('a run stops at breakpoints and at what is watched, both ways', () => {
  const marked = run(at(0), { type: 'breakpoint', position: 2 }, { type: 'watch', what: 'parameters' });
  assert.deepEqual(breaks(marked, story), [2, 3, 5]);
  assert.deepEqual([run(marked, 'run').position, run(marked, 'run', 'run').position, run(marked, 'run', 'run', 'run', 'run').position], [2, 3, 6]);
  assert.deepEqual([run(marked, 'last', 'back').position, run(marked, 'last', 'back', 'back').position, run(marked, 'back').position], [5, 3, 0]);
  assert.deepEqual(breaks(run(marked, 'clear'), story), []);
  assert.deepEqual(run(marked, { type: 'watch', what: 'parameters' }).watch, [], 'again takes it away');
  assert.deepEqual(run(marked, { type: 'watch', what: 'nobody' }).watch, ['parameters']);
});

test('a run to a vertex, a parameter, trouble', () => {
  const to = (what, more = {}) => ({ type: 'runto', what, ...more });
  assert.equal(run(at(0), to('parameters')).position, 3);
  assert.equal(run(at(3), to('parameters')).position, 5);
  assert.equal(run(at(5), to('parameters')).position, 5, 'there is none any more');
  assert.equal(run(at(5), to('n0', { around: true })).position, 3);
  assert.equal(run(at(0), to('trouble')).position, 4);
  assert.equal(run({ ...at(0), reach: 2 }, to('parameters')).position, 0, 'not beyond what may be seen');
});

test('play stops at what is watched', () => {
  let state = run(at(1), { type: 'watch', what: 'trouble' }, 'play');
  for (let k = 0; k < 5; k++) state = run(state, 'tick');
  assert.deepEqual([state.position, state.playing], [4, false]);
});

test('search is by name, operation, symbol, layer and role', () => {
  const found = { w1: ['n0'], w: ['n0', 'n4'], matmul: ['n2'], '@': ['n2'], 'layer 1': ['n0', 'n2'], 'LAYER  2': ['n4'], 'parameter 2': ['n4'], '': [], ' ': [], zzz: [] };
  for (const [query, ids] of Object.entries(found)) assert.deepEqual(hits(query, story), ids, query);
  const state = run(at(2), { type: 'search', query: 'w' });
  assert.deepEqual([run(state, 'hit').selected, run(state, 'hit', 'hit').selected, run(state, 'hit', 'hit', 'hit').selected], ['n0', 'n4', 'n0']);
  assert.equal(run(state, { type: 'hit', by: -1 }).selected, 'n4');
  assert.equal(run(at(2), 'hit').selected, null);
});

test('relatives', () => {
  assert.deepEqual([[...relatives('n2', story).ancestors].sort(), [...relatives('n2', story).descendants]], [['n0', 'n1'], ['n3']]);
  assert.deepEqual([...relatives('n0', story).ancestors], []);
  assert.deepEqual([...relatives('n0', story).descendants].sort(), ['n2', 'n3']);
});

test('selecting shows what is selected, escape goes back', () => {
  const state = run(at(0), { type: 'panel', panel: 'steps' }, { type: 'select', id: 'n0' });
  assert.deepEqual([state.selected, state.panel], ['n0', 'selected']);
  assert.deepEqual([run(state, 'escape').selected, run(state, 'escape').panel], [null, 'program']);
  assert.deepEqual([run(state, 'sheet', 'escape').sheet, run(state, 'sheet', 'escape').selected], [false, 'n0']);
  assert.equal(run(at(0), { type: 'panel', panel: 'none such' }).panel, 'program');
});

test('a permalink gives back the very state, whatever it is', () => {
  let seed = 7;
  const random = n => (seed = (seed * 48271) % 2147483647) % n;
  const ids = [...Object.keys(story.vertices), 'g0', null], entry = { vertex: 'n0', gradient: true, place: 0 };
  const events = [
    () => ({ type: 'next' }), () => ({ type: 'go', position: random(7) }), () => ({ type: 'stride' }), () => ({ type: 'speed', speed: [0.5, 1, 2, 4][random(4)] }),
    () => ({ type: 'toggle' }), () => ({ type: 'tick' }), () => ({ type: 'breakpoint', position: random(7) }), () => ({ type: 'watch', what: ['parameters', 'trouble', 'n3', 'g0'][random(4)] }),
    () => ({ type: 'select', id: ids[random(ids.length)] }), () => ({ type: 'search', query: ['', 'W1', 'a+b & c=d%20#', '"\u202e⟨é😀</script>', 'null', '1'][random(6)] }),
    () => ({ type: 'relatives', relatives: CHOICES.relatives[random(4)] }), () => ({ type: 'panel', panel: CHOICES.panel[random(4)] }), () => ({ type: 'xray', path: [[], [entry], [entry, { vertex: 'n3', gradient: false, place: 0 }], [{ ...entry, place: 1 }]][random(4)] }), () => ({ type: 'flow' }), () => ({ type: 'theme' }), () => ({ type: 'sheet' }),
    () => ({ type: 'look', camera: [null, 'whole', { x: random(999) / 7, y: -random(99), k: 0.01 + random(50) / 10 }][random(3)] }), () => ({ type: 'run' }), () => ({ type: 'hit' }), () => ({ type: 'clear' }),
    () => ({ type: 'fold', level: CHOICES.fold[random(CHOICES.fold.length)] }), () => ({ type: 'fold', by: random(3) - 1 }), () => ({ type: 'flip' }), () => ({ type: 'flip', id: 'g0' }),
  ];
  let state = at(0);
  const seen = new Set();
  for (let k = 0; k < 4000; k++) {
    state = update(state, events[random(events.length)](), story);
    const hash = hashOf(state);
    assert.deepEqual(stateOf(hash, story), state, hash);
    assert.deepEqual(run(at(3), { type: 'restore', state: stateOf(hash, story) }), state);
    for (const name of Object.keys(DEFAULTS)) if (hash.includes(`${name}=`)) seen.add(name);
  }
  assert.deepEqual([...seen].sort(), Object.keys(DEFAULTS).sort(), 'every field of the state was in a permalink');
});

test('a permalink that makes no sense is a beginning', () => {
  const plain = at(0);
  for (const hash of ['', '#', '#step=x', '#step=-4', '#nonsense', '#stride=7&speed=fast&selected=n99&camera={"x":1}&breakpoints=[99]&watch=["x"]&panel=a&fold=x&xray=[{"vertex":"n9","gradient":true,"place":0}]&flipped=["n0"]&flow=1&theme=3&query']) {
    assert.deepEqual(stateOf(hash, story), plain, hash);
  }
  assert.equal(stateOf('#step=99', story).position, 6);
  assert.equal(stateOf('#step=4', story).position, 4);
  assert.equal(stateOf('#camera=whole', story).camera, 'whole');
  assert.match(hashOf(at(4, { query: '\ud800' })), /query=%EF%BF%BD/, 'half a character is no text of an address');
  assert.equal(hashOf(at(4)), '#step=4', 'what is as at the beginning is left out');
});

test('the whole picture is in the middle, and all of it is seen', () => {
  for (const [picture, pane] of [[{ width: 2000, height: 300 }, { width: 900, height: 600 }], [{ width: 100, height: 100 }, { width: 900, height: 600 }], [{ width: 10, height: 5000 }, { width: 320, height: 300 }]]) {
    const seen = seenBy(wholeView(picture, pane), pane);
    assert.ok(seen.x <= 0 && seen.y <= 0 && seen.x + seen.width >= picture.width && seen.y + seen.height >= picture.height);
    assert.ok(Math.abs(seen.x + seen.width / 2 - picture.width / 2) < 1e-9);
  }
});

test('the camera follows in text that can be read, and never looks beyond the picture', () => {
  const picture = { width: 4000, height: 300 }, pane = { width: 800, height: 600 }, box = (x, width) => ({ x, y: 100, width, height: 50 });
  assert.deepEqual(followingView([], picture, pane, 9), wholeView(picture, pane));
  const near = followingView([box(1000, 200)], picture, pane, 9);
  assert.equal(near.k, 12 / 9);
  assert.equal(near.x, 1100);
  assert.equal(near.y, 150, 'the picture is lower than the pane: it stays in the middle');
  assert.equal(followingView([box(0, 50)], picture, pane, 9).x, 800 / near.k / 2);
  assert.equal(followingView([box(1000, 200), box(1300, 100)], picture, pane, 9).x, 1200, 'both, where there is room');
  assert.equal(followingView([box(1000, 200), box(3000, 100), box(900, 50)], picture, pane, 9).x, 1050, 'otherwise the first, and what is near it');
  const wide = followingView([{ x: 1000, y: 0, width: 1500, height: 300 }], picture, pane, 9), seen = seenBy(wide, pane);
  assert.ok(seen.x <= 1000 && seen.x + seen.width >= 2500, 'all of the first, even if it is smaller then');
  assert.deepEqual(followingView([box(0, 9)], { width: 300, height: 200 }, pane, 9), wholeView({ width: 300, height: 200 }, pane), 'what fits does not move');
});

test('zooming keeps a point where it is, panning moves by pixels', () => {
  const picture = { width: 1000, height: 500 }, pane = { width: 800, height: 600 }, camera = { x: 500, y: 250, k: 1 };
  const point = pointAt(camera, 100, 200, pane), nearer = zoomed(camera, 2, picture, pane, point);
  assert.equal(nearer.k, 2);
  assert.deepEqual(pointAt(nearer, 100, 200, pane), point);
  assert.deepEqual(panned(nearer, 20, -10, picture), { x: nearer.x - 10, y: nearer.y + 5, k: 2 });
  assert.equal(zoomed(camera, 1e9, picture, pane).k, 8);
  assert.ok(zoomed(camera, 1e-9, picture, pane).k > 0.3);
  const far = panned(camera, 1e6, 1e6, picture);
  assert.deepEqual([far.x, far.y], [0, 0]);
  assert.deepEqual(boxAround([{ x: 1, y: 2, width: 3, height: 4 }, { x: -1, y: 5, width: 1, height: 9 }]), { x: -1, y: 2, width: 5, height: 12 });
  assert.equal(boxAround([]), null);
});

test('each key of the sheet means one thing', () => {
  const known = new Set(['zoom', 'whole', 'follow', 'pan', 'find']);
  const all = ['ArrowRight', 'ArrowLeft', 'Home', 'End', 'PageDown', 'PageUp', ' ', 'o', 'b', 'r', 'R', 'p', 'x', '+', '-', '0', 'f', 'g', 'l', '/', 'n', 'N', '1', '2', '3', 'Escape', '?'];
  for (const key of all) {
    const event = eventOf({ key, shiftKey: ['R', 'N', '?', '+'].includes(key) }, 'page');
    assert.ok(event, key);
    if (!known.has(event.type)) assert.doesNotThrow(() => update(at(2), event, story), key);
    assert.equal(eventOf({ key }, 'text'), null, 'not while typing');
    assert.equal(eventOf({ key, ctrlKey: true }, 'page'), null);
  }
  assert.deepEqual(eventOf({ key: 'ArrowLeft', shiftKey: true }, 'page'), { type: 'pan', dx: 1 });
  const shown = keySheet().flatMap(([, lines]) => lines);
  assert.ok(shown.length >= 25 && shown.every(([keys, words]) => keys.length && words));
});

test('the chain rule along the way of a step', () => {
  assert.deepEqual(chainOf(5, story).factors.map(f => f.step), [2, 3, 4, 5]);
  assert.deepEqual(chainOf(2, story), { factors: [{ step: 2, place: 0, number: '2.0' }], left: 0, from: 'J', to: 'W1', norms: [], several: false });
  const long = { ...story, steps: Array.from({ length: 30 }, () => story.steps[2]), chain: Array.from({ length: 30 }, (_, i) => ({ via: i ? i - 1 : null, factor: 0, number: null, norm: `${i}` })) };
  const chain = chainOf(29, long);
  assert.deepEqual([chain.factors.length, chain.left, chain.factors[0].step, chain.factors.at(-1).step], [8, 22, 0, 29]);
  assert.deepEqual(chain.norms, ['0', '1', '2', '…', '27', '28', '29']);
});

test('answers survive in the permalink', () => {
  const question = { label: 'J', asked: '?', shape: [], entries: [[]], right: [2], slack: 0, given: [], wrong: [{ values: [4], causes: [{ key: 'twice', written: '' }] }] };
  const asked = { ...story, questions: { steps: story.steps.map((s, i) => i ? question : null), causes: {} } };
  let state = begun(0, asked);
  for (const event of [{ type: 'question' }, { type: 'answer', typed: ['4'] }, { type: 'hint' }, { type: 'answer', typed: ['2'] }, { type: 'show' }, { type: 'answer', typed: ['7'] }]) state = practised(state, event, asked);
  const text = packed(state.practice), again = unpacked(text, asked);
  assert.deepEqual(again.records, state.practice.records);
  assert.equal(begun(0, asked, again).reach, state.reach);
  assert.deepEqual(unpacked('{', asked).records, {});
  assert.deepEqual(unpacked('{"answers":{"99":{"typed":[["1"]]}}}', asked).records, {});
});
