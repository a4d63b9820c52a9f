// The user's program: the line of the step is lit, a click on a line leads to its steps.

import { h, reveal } from './dom.mjs';

export function programView(story, dispatch) {
  const files = linesOf(story), rows = new Map();
  const element = h('div', { className: 'chalk-program' }, ...files.map(({ file, lines }) => h('section', { ariaLabel: file }, h('h3', {}, file), h('ol', {}, ...lines.map(rowFor)))));
  if (!files.length) element.append(h('p', { className: 'chalk-note' }, 'No lines of the program were recorded. `chalkgrad step FILE.py` records them, and so does viz.record(f, *args) of a function.'));
  let lit = [], position = 0, reach = 0;

  function rowFor({ file, number, text, steps }) {
    const said = [h('span', { className: 'chalk-number' }, String(number)), h('code', {}, text || ' ')];
    if (!steps.length) return h('li', {}, ...said);
    const go = () => dispatch({ type: 'go', position: (steps.find(i => i + 1 > position && i < reach) ?? steps[0]) + 1 });
    const button = h('button', { type: 'button', title: `Steps ${steps.map(i => i + 1).join(', ')}`, onclick: go }, ...said);
    const row = h('li', {}, button);
    for (const i of steps) rows.set(i, row);
    return row;
  }

  function show(state, done) {
    ({ position, reach } = state);
    for (const row of lit) row.firstChild.removeAttribute('aria-current');
    lit = [...new Set(done.map((_, i) => rows.get(position - done.length + i)).filter(Boolean))];
    for (const row of lit) row.firstChild.setAttribute('aria-current', 'step');
    for (const row of lit.slice(-1)) reveal(row, element.parentElement);
  }
  return { element, show };
}

// The lines of each file: all that are known of the functions that ran, and those that the steps tell of.
function linesOf(story) {
  const files = new Map();
  const lineOf = (file, number) => {
    if (!files.has(file)) files.set(file, new Map());
    if (!files.get(file).has(number)) files.get(file).set(number, { file, number, text: '', steps: [] });
    return files.get(file).get(number);
  };
  for (const [file, { first, lines }] of Object.entries(story.sources ?? {})) lines.forEach((text, i) => { lineOf(file, first + i).text = text; });
  story.steps.forEach(({ line: at }, i) => {
    if (!at) return;
    const known = lineOf(at.file, at.number);
    known.text ||= at.text;
    known.steps.push(i);
  });
  return [...files].map(([file, lines]) => ({ file, lines: [...lines.values()].sort((a, b) => a.number - b.number) }));
}
