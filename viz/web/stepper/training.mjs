// A training run: a slider over its steps beside the one within a step, and the cost. Each step is a story of its own; the
// page has the first one whole, and of the others what is different (viz/web/differences.py).

import { decimal } from './arithmetic.mjs';
import { SVG, h } from './dom.mjs';
import { mount } from './stepper.mjs';

const WIDTH = 320, HEIGHT = 64, EDGE = 6;

// A value with a difference made to it; nothing is changed in place.
export function patched(one, d) {
  if (d === null || d === undefined) return one;
  if ('v' in d) return d.v;
  if ('t' in d) return one.split('\n').map((line, i) => d.t[i] ?? line).join('\n');
  const made = 'l' in d ? [...one] : { ...one };
  for (const [key, inner] of Object.entries(d.l ?? d.k)) made[key] = patched(one[key], inner);
  return made;
}

// As mount() of stepper.mjs, also of a training run, whose hash says which step of training is shown, too.
export function mountRun(el, story, onstep = () => {}, onhash = () => {}) {
  if (!story.training) return mount(el, story, onstep, onhash);
  const { training: { costs, runs }, ...first } = story, last = costs.length - 1, name = story.title;
  const inner = h('div', { className: 'chalk-trained-run' });
  const runOf = hash => Math.max(0, Math.min(last, Math.round(Number(new URLSearchParams(hash.replace(/^#/, '')).get('run'))) || 0));
  const withRun = hash => `${hash}&run=${run}`;
  let run = runOf(story.hash ?? ''), stepper = null;

  const slider = h('input', { type: 'range', min: 0, max: last, step: 1, ariaLabel: 'Step of training' });
  const said = h('output', { className: 'chalk-trained' }), chart = chartOf(costs, name);
  const move = (text, label, by) => h('button', { type: 'button', ariaLabel: label, title: label, onclick: () => show(run + by) }, text);
  const before = move('◀', 'Previous step of training', -1), after = move('▶', 'Next step of training', 1);
  slider.oninput = () => show(Number(slider.value));
  slider.addEventListener('keydown', event => event.stopPropagation()); // its arrows are not those of the story
  const bar = h('section', { className: 'chalk-training', ariaLabel: 'Training' }, h('b', {}, 'Training'), before, slider, after, said, chart.element);
  el.replaceChildren(inner);

  // The stepper of another step of training begins where that of this one is: all of its state is in its hash.
  function show(wanted, hash = stepper?.hash ?? story.hash) {
    run = Math.max(0, Math.min(last, wanted));
    const focused = bar.contains(document.activeElement) ? document.activeElement : null;
    stepper?.destroy();
    stepper = mount(inner, { ...patched(first, runs[run]), hash }, onstep, text => onhash(withRun(text)));
    inner.querySelector('.chalk').prepend(bar);
    focused?.focus();
    slider.value = run;
    slider.setAttribute('aria-valuetext', `step ${run} of ${last}`);
    said.textContent = `step ${run} of ${last}: ${name} = ${decimal(costs[run])}`;
    before.setAttribute('aria-disabled', String(run === 0));
    after.setAttribute('aria-disabled', String(run === last));
    chart.show(run);
    onhash(withRun(stepper.hash));
  }

  show(run);
  return {
    go: position => stepper.go(position),
    restore: hash => show(runOf(hash), hash),
    train: wanted => show(wanted),
    get step() { return stepper.step; },
    get run() { return run; },
    get hash() { return withRun(stepper.hash); },
    get state() { return stepper.state; },
    destroy() { stepper.destroy(); el.replaceChildren(); },
  };
}

// The cost over the steps of training, the one that is shown marked.
function chartOf(costs, name) {
  const finite = costs.filter(Number.isFinite), low = Math.min(...finite), high = Math.max(...finite);
  const x = i => EDGE + (WIDTH - 2 * EDGE) * i / Math.max(1, costs.length - 1);
  const y = cost => HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (high > low ? (cost - low) / (high - low) : 0.5);
  const make = (tag, attributes) => {
    const node = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  };
  const points = costs.map((cost, i) => Number.isFinite(cost) ? `${x(i)},${y(cost)}` : null).filter(Boolean).join(' ');
  const mark = make('circle', { r: 4.5, class: 'chalk-cost-mark' });
  const svg = make('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', class: 'chalk-cost', preserveAspectRatio: 'xMinYMid meet',
    'aria-label': `${name} over ${costs.length - 1} steps of training: from ${decimal(costs[0])} to ${decimal(costs.at(-1))}` });
  svg.append(make('line', { x1: EDGE, x2: WIDTH - EDGE, y1: HEIGHT - EDGE, y2: HEIGHT - EDGE, class: 'chalk-cost-base' }),
    make('polyline', { points, class: 'chalk-cost-line' }), mark);
  const element = h('div', { className: 'chalk-chart' }, h('span', { className: 'chalk-ends-of-cost', ariaHidden: 'true' },
    h('span', {}, finite.length ? decimal(high) : ''), h('span', {}, finite.length ? decimal(low) : '')), svg);
  return {
    element,
    show(run) {
      mark.style.display = Number.isFinite(costs[run]) ? '' : 'none';
      mark.setAttribute('cx', x(run));
      mark.setAttribute('cy', Number.isFinite(costs[run]) ? y(costs[run]) : 0);
    },
  };
}
