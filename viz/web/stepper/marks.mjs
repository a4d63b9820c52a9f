// What is lit in the picture besides the step: relatives of the selected vertex, what was found, and where it stops.

import { hits, relatives } from './search.mjs';

export function marksView(story, picture) {
  const { svg, vertexOf, edgesOf } = picture, shown = new Map(); // what was shown last, so that nothing is done twice
  const changed = (name, value) => { const key = JSON.stringify(value); return shown.get(name) === key ? false : (shown.set(name, key), true); };

  function mark(name, ids, of = vertexOf) {
    for (const g of svg.querySelectorAll(`.${name}`)) g.classList.remove(name);
    for (const id of ids) { const found = of(id); (found?.g ?? found)?.classList.add(name); }
  }

  function family({ selected, relatives: which }) {
    const id = story.stands_for[selected] ?? selected, found = id === null ? null : relatives(id, story);
    const lit = found && which !== 'none' ? new Set([id, ...(which === 'descendants' ? [] : found.ancestors), ...(which === 'ancestors' ? [] : found.descendants)]) : new Set();
    svg.classList.toggle('has-family', lit.size > 0);
    mark('is-lit', lit);
    for (const g of svg.querySelectorAll('.edge.is-lit')) g.classList.remove('is-lit');
    for (const [edge, [from, to]] of Object.entries(story.edges)) if (lit.has(from) && lit.has(to)) for (const g of edgesOf(edge)) g.classList.add('is-lit');
  }

  let version = null;

  return {
    show(state) {
      if (version !== picture.version) shown.clear(); // after a fold was opened or closed, the picture has other elements
      version = picture.version;
      if (changed('family', [state.selected, state.relatives])) family(state);
      if (changed('found', state.query)) mark('is-found', hits(state.query, story));
      if (changed('watch', state.watch)) mark('is-watched', state.watch.filter(what => vertexOf(what)));
    },
  };
}
