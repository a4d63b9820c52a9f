// The user's program: the line of the step is lit, a click on a line leads to its steps.

import { h, reveal } from './dom.mjs';

export function programView(story, dispatch) {
  const files = linesOf(story), rows = new Map();
  const element = h('div', { className: 'chalk-program' }, ...files.map(({ file, missing, lines }) => h('section', { ariaLabel: file }, h('h3', {}, file),
    missing ? h('p', { className: 'chalk-note' }, missing) : null, h('ol', {}, ...lines.map(rowFor)))));
  if (!files.length) element.append(h('p', { className: 'chalk-note' }, 'No lines of the program were recorded. `chalkgrad step FILE.py` records them, and so does viz.record(f, *args) of a function.'));
  let lit = [], position = 0, reach = 0;

  function rowFor({ number, text, steps }, i, lines) {
    const said = [h('span', { className: 'chalk-lineno' }, String(number)), h('code', {}, text || ' ')];
    const className = i && lines[i - 1].number < number - 1 ? 'after-gap' : ''; // lines between that did not run
    if (!steps.length) return h('li', { className }, ...said);
    const go = () => dispatch({ type: 'go', position: (steps.find(i => i + 1 > position && i < reach) ?? steps[0]) + 1 });
    const button = h('button', { type: 'button', title: `Steps ${steps.map(i => i + 1).join(', ')}`, onclick: go }, ...said);
    const row = h('li', { className }, button);
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

// What is shown of each file: the functions that ran, a block each, and the lines that the steps tell of.
function linesOf(story) {
  const files = new Map();
  const fileOf = name => {
    if (!files.has(name)) files.set(name, { file: name, missing: '', lines: new Map() });
    return files.get(name);
  };
  const lineOf = (name, number) => {
    const { lines } = fileOf(name);
    if (!lines.has(number)) lines.set(number, { number, text: '', steps: [] });
    return lines.get(number);
  };
  for (const [name, { missing, blocks }] of Object.entries(story.sources ?? {})) {
    fileOf(name).missing = missing;
    for (const { first, lines } of blocks) lines.forEach((text, i) => { lineOf(name, first + i).text = text; });
  }
  story.steps.forEach(({ line: at }, i) => {
    if (!at) return;
    const known = lineOf(at.file, at.number);
    known.text ||= at.text;
    known.steps.push(i);
  });
  return [...files.values()].map(({ file, missing, lines }) => ({ file, missing, lines: [...lines.values()].sort((a, b) => a.number - b.number) }));
}
