// The field to search in, and what was found.

import { h } from './dom.mjs';
import { hits } from './search.mjs';

const LISTED_HITS = 12;

export function searchView(story, dispatch, leave) {
  const input = h('input', { type: 'search', placeholder: 'Search (/)', ariaLabel: 'Search by name, operation or layer (/)', spellcheck: false, autocomplete: 'off' });
  const found = h('div', { className: 'chalk-found', role: 'group', ariaLabel: 'Found' }), said = h('span', { className: 'chalk-spoken', role: 'status' });
  const element = h('search', { className: 'chalk-search' }, input, found, said);
  const open = on => element.classList.toggle('is-open', on);

  input.oninput = () => { open(true); dispatch({ type: 'search', query: input.value }); };
  input.onfocus = () => open(true);
  element.addEventListener('focusout', event => { if (!element.contains(event.relatedTarget)) open(false); });
  element.addEventListener('keydown', event => {
    if (event.key === 'Escape') { event.preventDefault(); dispatch({ type: 'search', query: '' }); leave(); }
    if (event.key === 'Enter' && event.target === input) { event.preventDefault(); dispatch({ type: 'hit', by: event.shiftKey ? -1 : 1 }); open(true); }
  });

  function show({ query, selected }) {
    if (input.value !== query) input.value = query;
    const ids = hits(query, story), more = ids.length - LISTED_HITS;
    const told = !query.trim() ? '' : ids.length ? `${ids.length} found` : 'nothing found';
    if (said.textContent !== told) said.textContent = told;
    found.replaceChildren(...(told ? [h('p', {}, told)] : []), ...ids.slice(0, LISTED_HITS).map(id => {
      const one = h('button', { type: 'button', onclick: () => { dispatch({ type: 'select', id }); open(false); leave(); } }, ...words(story.vertices[id]));
      if (id === selected) one.setAttribute('aria-current', 'true');
      return one;
    }), ...(more > 0 ? [h('p', {}, `and ${more} more: Enter goes from one to the next`)] : []));
  }
  return { element, show, focus: () => { input.focus(); input.select(); } };
}

const words = vertex => [h('b', {}, vertex.name || vertex.symbol || vertex.role), ` ${vertex.kind === 'operation' ? `operation ${vertex.symbol === vertex.name ? '' : vertex.symbol}` : vertex.role}`,
  vertex.scope.length ? h('small', {}, ` ${vertex.scope.join(' · ')}`) : null].filter(Boolean);
