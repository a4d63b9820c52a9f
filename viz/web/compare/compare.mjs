// Two stories side by side, stepped through by one slider. Where they have a step in common both move, else one of them waits. Whoever
// moves one of them moves the other to where it belongs. (In a page this stands behind the modules of the step page, of which it uses
// mount, h, eventOf and focusOf.)

// given: { left, right: stories as the step page has them, titles: [2], moments: [[left, right, common, note]] }
function compare(el, given, start = 0, onmoment = () => {}) {
  const { moments, titles } = given, last = moments.length - 1, stories = [given.left, given.right];
  let at = 0;
  const button = (text, label, k) => h('button', { type: 'button', ariaLabel: label, title: label, onclick: () => go(k()) }, text);
  const back = [button('|◀', 'First (Home)', () => 0), button('◀ Previous', 'Previous (left arrow)', () => at - 1)];
  const on = [button('Next ▶', 'Next (right arrow)', () => at + 1), button('▶|', 'Last (End)', () => last)];
  const slider = h('input', { type: 'range', min: 0, max: last, step: 1, ariaLabel: 'Step of both', oninput: () => go(Number(slider.value)) });
  const note = h('p', { className: 'compare-note' }), count = h('output', {});
  note.setAttribute('aria-live', 'polite');
  const hosts = titles.map(() => h('div'));
  const panes = titles.map((title, side) => h('section', { className: 'compare-pane', ariaLabel: title }, h('h2', {}, title), hosts[side]));
  const root = h('div', { className: 'compare' }, h('header', { className: 'compare-head' }, h('h1', {}, `${titles[0]} and ${titles[1]}`), count, ...back, ...on),
    h('div', { className: 'compare-line' }, slider, marks()), note, h('div', { className: 'compare-panes' }, ...panes));
  el.replaceChildren(root);
  const steppers = stories.map((story, side) => mount(hosts[side], story, position => go(momentOf(side, position))));
  for (const [side, host] of hosts.entries()) { // a region of one of them is called otherwise than that of the other
    for (const part of host.querySelectorAll(':is(section, [role=region])[aria-label]')) part.ariaLabel = `${titles[side]}: ${part.ariaLabel}`;
  }

  // Only one of them moves here: a mark above the slider is the left one's, below it the right one's.
  function marks() {
    return h('div', { className: 'compare-marks' }, ...moments.flatMap(([, , common], k) => {
      if (common) return [];
      const mark = h('i', { className: moverAt(k) });
      mark.style.left = `${100 * k / last}%`;
      return [mark];
    }));
  }

  function moverAt(k) { return k && moments[k][0] > moments[k - 1][0] ? 'left' : 'right'; }

  // Where a story has so many steps behind it: where its step is a common one, if it is.
  function momentOf(side, position) {
    return moments.findIndex(moment => moment[side] === position);
  }

  function go(k) {
    at = Math.max(0, Math.min(last, Math.round(k) || 0));
    for (const [side, stepper] of steppers.entries()) if (stepper.step !== moments[at][side]) stepper.go(moments[at][side]);
    show();
    onmoment(at);
  }

  function show() {
    slider.value = at;
    slider.setAttribute('aria-valuetext', `${at} of ${last}`);
    count.textContent = `${at} of ${last}`;
    for (const b of back) b.setAttribute('aria-disabled', String(at === 0));
    for (const b of on) b.setAttribute('aria-disabled', String(at === last));
    note.replaceChildren(...told());
  }

  function told() {
    const [left, right, common, words] = moments[at];
    if (at === 0) return [`Both are before the first step. They have ${moments.filter(m => m[2]).length - 1} of ${last} steps in common.`];
    const side = moverAt(at) === 'left' ? 0 : 1, step = stories[common ? 0 : side].steps[[left, right][common ? 0 : side] - 1];
    if (common) return [h('b', {}, 'Both: '), `${step.title}${words ? ` — ${words}` : ' — the same numbers'}.`];
    return [h('b', { className: ['left', 'right'][side] }, `Only ${titles[side]}: `), `${step.title}.`];
  }

  function onkey(event) {
    if (event.defaultPrevented) return;
    const meant = eventOf(event, focusOf(event.target));
    const to = { next: at + 1, previous: at - 1, first: 0, last, leap: at + (meant?.by ?? 0) }[meant?.type];
    if (to === undefined) return;
    event.preventDefault();
    go(to);
  }

  document.addEventListener('keydown', onkey);
  go(start);
  return { go, get at() { return at; } };
}
