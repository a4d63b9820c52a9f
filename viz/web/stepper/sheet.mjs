// The sheet of keys, which `?` opens.

import { h } from './dom.mjs';
import { keySheet } from './keys.mjs';

export function sheetView(dispatch, uid) {
  const close = h('button', { type: 'button', onclick: () => dispatch({ type: 'sheet' }) }, 'Close');
  const element = h('dialog', { className: 'chalk-sheet' }, h('h2', { id: `${uid}-keys` }, 'Keys'),
    h('div', { className: 'chalk-keys' }, ...keySheet().map(([heading, lines]) => h('section', {}, h('h3', {}, heading),
      h('dl', {}, ...lines.flatMap(([keys, words]) => [h('dt', {}, ...keys.flatMap((key, i) => [i ? ' ' : '', h('kbd', {}, key)])), h('dd', {}, words)]))))),
    h('p', {}, 'On a node of the graph: Space selects, Enter jumps to its next step, ↑ ↓ go to its neighbours. The wheel zooms, dragging moves.'), close);
  element.setAttribute('aria-labelledby', `${uid}-keys`);
  element.addEventListener('cancel', event => { event.preventDefault(); dispatch({ type: 'sheet' }); });
  return {
    element,
    show({ sheet }) {
      if (sheet && !element.open) element.showModal();
      if (!sheet && element.open) element.close();
    },
  };
}
