// All steps as a table. It is made when it is first looked at, and formulas are set only in the rows that come into view:
// setting thousands of them at once would take many seconds. (The roles say what it is: its rows are laid out as grids.)
// What lies beyond the reader's reach is not shown.

import { entries, h, reveal, wrapped } from './dom.mjs';
import { arrayOf } from './frames.mjs';

const HEADS = ['№', 'Step', 'Rule', 'With numbers', 'Contribution', 'Value or gradient after it'];
const AHEAD = '600px'; // how far beyond the part that is seen formulas are set

export function tableView(story, dispatch) {
  const body = h('tbody', { role: 'rowgroup' });
  const element = h('div', { className: 'chalk-scroll', tabIndex: 0, role: 'region', ariaLabel: 'All steps' }, h('table', { role: 'table' },
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, ...HEADS.map(text => h('th', { scope: 'col', role: 'columnheader' }, text)))), body));
  const seen = new IntersectionObserver(changes => {
    const rows = changes.filter(change => change.isIntersecting).map(change => change.target);
    rows.forEach(set);
    scrollable(rows);
    if (!moved) follow(); // rows with their formulas are higher
  }, { root: element, rootMargin: AHEAD });
  let position = 0, reach = 0, marked = null, shown = false, moved = false; // moved: the reader has looked elsewhere since
  for (const what of ['wheel', 'pointerdown', 'keydown', 'touchmove']) element.addEventListener(what, () => { moved = true; }, { passive: true });

  const cell = (...content) => h('td', { role: 'cell' }, ...content);
  const rowOf = (s, i) => h('tr', { role: 'row' },
    cell(h('button', { type: 'button', onclick: () => dispatch({ type: 'go', position: i + 1 }), ariaLabel: `Go to step ${i + 1}` }, String(i + 1))),
    h('th', { scope: 'row', role: 'rowheader' }, s.title), cell(), cell(),
    cell(s.phase !== 'backward' ? '' : s.turns === 1 ? 'the only one' : `${s.turn} of ${s.turns}`), cell());

  function set(row) {
    seen.unobserve(row);
    const i = row.rowIndex - 1, [, , rule, numbers] = row.cells;
    if (i >= reach || rule.hasChildNodes()) return;
    const s = story.steps[i];
    rule.append(wrapped(s.formula, story));
    numbers.append(s.numbers === null ? '—' : wrapped(s.numbers, story));
  }

  function fill() {
    if (body.rows.length) return;
    body.append(...story.steps.map(rowOf));
    open(0, reach);
    for (let i = reach; i < body.rows.length; i++) close(body.rows[i]);
  }

  // The rows of the steps from one position to another are within reach.
  function open(from, to) {
    for (let i = from; i < to; i++) {
      const row = body.rows[i], [, , rule, , , result] = row.cells;
      rule.replaceChildren();
      result.textContent = entries(arrayOf(story.steps[i].arrived, story));
      seen.observe(row);
    }
  }

  function close(row) {
    const [, , rule, numbers, , result] = row.cells;
    seen.unobserve(row);
    rule.replaceChildren();
    numbers.replaceChildren();
    result.textContent = 'not answered yet';
  }

  function reaches(other) {
    const before = reach;
    reach = other;
    if (!body.rows.length) return;
    open(before, reach);
    for (let i = reach; i < before; i++) close(body.rows[i]);
  }

  function mark() {
    marked?.removeAttribute('aria-current');
    marked = body.rows[position - 1] ?? null;
    marked?.setAttribute('aria-current', 'step');
    moved = false;
    follow();
  }

  function follow() {
    if (marked && shown) reveal(marked, element, element.querySelector('thead').offsetHeight);
  }

  // A formula that is longer than its cell is scrolled, also by keys.
  function scrollable(rows) {
    const cells = rows.map(row => row.cells[2]), long = cells.map(cell => cell.scrollWidth > cell.clientWidth);
    for (const [i, cell] of cells.entries()) long[i] ? cell.setAttribute('tabindex', '0') : cell.removeAttribute('tabindex');
  }
  new ResizeObserver(() => scrollable([...body.rows].filter(row => row.cells[2].hasChildNodes()))).observe(element);

  const whole = () => { if (shown) for (const row of body.rows) set(row); }; // paper does not scroll
  addEventListener('beforeprint', whole);
  return {
    element,
    show(state) {
      ({ position } = state);
      shown = state.panel === 'steps';
      if (shown) fill();
      reaches(state.reach);
      mark();
    },
    destroy() { seen.disconnect(); removeEventListener('beforeprint', whole); },
  };
}
