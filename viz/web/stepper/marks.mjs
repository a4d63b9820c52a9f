// What is lit in the picture besides the step: relatives of the selected vertex, what was found, breakpoints, and the flow
// of the gradient.

import { hits, relatives } from './search.mjs';

const WIDEST = 10, THINNEST = 0.8; // of edges, in units of the picture
export const KINDS = { vanishing: '↓', exploding: '↑', dead: '✕', 'not finite': '!', saturated: '⌐' };

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

  let widths = new Map(), version = null;
  function flow(on) {
    svg.classList.toggle('has-flow', on);
    for (const [g, width] of widths) on ? g.style.setProperty('--flow', width) : g.style.removeProperty('--flow');
    for (const kind of Object.keys(KINDS)) mark(`has-${kind.replace(' ', '-')}`, on ? Object.entries(story.flow?.marks ?? {}).filter(([, m]) => m.kind === kind).map(([id]) => id) : []);
  }

  // After a fold was opened or closed, the picture has other elements.
  function begin() {
    version = picture.version;
    shown.clear();
    flow(false);
    widths = widthsOf(story.flow?.edges ?? {}, edgesOf);
  }

  return {
    show(state) {
      if (version !== picture.version) begin();
      if (changed('family', [state.selected, state.relatives])) family(state);
      if (changed('found', state.query)) mark('is-found', hits(state.query, story));
      if (changed('watch', state.watch)) mark('is-watched', state.watch.filter(what => vertexOf(what)));
      if (changed('flow', state.flow)) flow(state.flow);
    },
  };
}

// How wide each edge is: by the logarithm of the norm that has passed it; where nothing has, not at all.
function widthsOf(edges, edgesOf) {
  const norms = new Map();
  for (const [id, norm] of Object.entries(edges)) {
    for (const g of edgesOf(id)) norms.set(g, Math.max(norms.get(g) ?? 0, norm === 'inf' || norm === 'nan' ? Infinity : norm));
  }
  const logs = [...norms.values()].filter(norm => norm > 0 && norm < Infinity).map(Math.log10), low = Math.min(...logs), range = Math.max(...logs) - low || 1;
  return new Map([...norms].map(([g, norm]) => [g, !norm ? 0 : norm === Infinity ? WIDEST : THINNEST + (WIDEST - THINNEST) * (Math.log10(norm) - low) / range]));
}
