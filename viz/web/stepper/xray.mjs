// The X-ray of one number: its arithmetic, in names and in numbers, and each number in it to be opened in turn, down to
// parameters and data. state.xray is the way that the reader has taken: entries, the last of which is looked at.

import { decimal, entryName, entryParts, entryText, originOf, countsIn } from './arithmetic.mjs';
import { h } from './dom.mjs';

const TERMS = 40; // numbers that are listed of one formula

export function xrayView(story, dispatch) {
  const element = h('section', { className: 'chalk-xray', ariaLabel: 'X-ray of one number' });
  let shown = null;
  element.addEventListener('keydown', event => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    close();
  });

  const close = () => dispatch({ type: 'xray', path: [] });

  function show(state) {
    const key = JSON.stringify([state.xray, state.position]);
    if (key === shown || (state.panel !== 'xray' && shown !== null)) return;
    const within = element.contains(document.activeElement), opened = shown === null || JSON.parse(shown)[0].length !== state.xray.length;
    shown = key;
    element.replaceChildren(...(state.xray.length ? contents(state, story, dispatch, close) : [h('p', { className: 'chalk-note' }, 'Open an entry of an array to see its arithmetic: click it, or press Enter on it.')]));
    if (state.xray.length && (within || opened)) element.querySelector('h2').focus({ preventScroll: true });
  }

  return { element, show };
}

function contents(state, story, dispatch, close) {
  const path = state.xray, entry = path.at(-1), name = entryName(entry, story);
  const open = way => dispatch({ type: 'xray', path: way });
  const parts = entryParts(entry, story, state.position), all = entryParts(entry, story).length;
  const crumbs = path.slice(0, -1).map((x, i) => h('li', {}, h('button', { type: 'button', onclick: () => open(path.slice(0, i + 1)) }, entryName(x, story))));
  const heading = h('h2', { tabIndex: -1 }, 'X-ray: ', h('span', {}, `${name} = ${entryText(entry, story, state.position)}`));
  const told = all ? parts.flatMap(part => partView(part, name, parts.length, entry, path, story, open, dispatch)) : [h('p', {}, `${name} is ${originOf(entry, story)}.`)];
  return [
    h('div', { className: 'chalk-xray-head' }, heading, h('button', { type: 'button', ariaLabel: 'Close the X-ray (Escape)', title: 'Close the X-ray (Escape)', onclick: close }, '×')),
    ...(crumbs.length ? [h('ol', { className: 'chalk-crumbs', ariaLabel: 'The way here' }, ...crumbs, h('li', { ariaCurrent: 'true' }, name))] : []),
    ...told,
    ...(parts.length < all ? [h('p', {}, parts.length ? `${all - parts.length} more to come.` : 'Not computed yet.')] : []),
  ];
}

// One contribution, or the only one.
function partView(part, name, several, entry, path, story, open, dispatch) {
  const value = part.value === null ? '?' : decimal(part.value, countsIn(entry, story)), left = several > 1 ? 'added' : name;
  const lead = h('button', { type: 'button', className: 'chalk-lead', onclick: () => dispatch({ type: 'go', position: part.step }), ariaLabel: `Go to step ${part.step}: ${part.title}` },
    `step ${part.step}`);
  if (part.formula === null) return [h('p', {}, lead, ` ${part.title}: ${left} = ${value}. The arrays are too large to be taken apart.`)];
  const lines = [h('p', { className: 'chalk-sum', tabIndex: 0 }, h('span', {}, `${left} = ${part.formula}`))];
  if (part.numbers !== value) lines[0].append(h('span', {}, ` = ${part.numbers}`));
  lines[0].append(h('span', {}, ` = ${value}`));
  const numbers = part.operands.slice(0, TERMS).map(x => {
    const known = !entryParts(x, story).length;
    return h('li', {}, h('button', { type: 'button', onclick: () => open([...path, x]), ariaLabel: `Open ${entryName(x, story)} = ${entryText(x, story)}` },
      `${entryName(x, story)} = ${entryText(x, story)}`, known ? h('small', {}, ` ${originOf(x, story)}`) : ''));
  });
  const more = part.operands.length - TERMS;
  return [h('div', { className: 'chalk-part' }, h('p', {}, lead, ` ${part.title}`), ...lines,
    h('ul', { className: 'chalk-terms', ariaLabel: 'The numbers in it' }, ...numbers, more > 0 ? h('li', {}, `and ${more} more`) : null))];
}
