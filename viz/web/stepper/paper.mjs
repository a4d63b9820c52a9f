// The picture for paper: what is wider than a page stands in several strips, one below the other.

import { h } from './dom.mjs';

const PAGE = 1.9; // how much wider than high a strip should be, at most three times that
const OVERLAP = 0.04; // of a strip, that is repeated in the next one

export function paperView({ svg }) {
  const element = h('div', { className: 'chalk-paper', ariaHidden: 'true' });
  function fill() {
    const { width, height } = svg.viewBox.baseVal, strips = Math.max(1, Math.round(Math.sqrt(width / height / PAGE))), each = width / strips;
    element.replaceChildren(...Array.from({ length: strips }, (_, i) => {
      const strip = document.createElementNS(svg.namespaceURI, 'svg'), graph = svg.querySelector('.graph').cloneNode(true);
      for (const g of [graph, ...graph.querySelectorAll('[id]')]) g.removeAttribute('id');
      for (const g of graph.querySelectorAll('[tabindex]')) g.removeAttribute('tabindex');
      strip.setAttribute('class', svg.getAttribute('class'));
      strip.setAttribute('viewBox', `${Math.max(0, i * each - OVERLAP * each)} 0 ${each * (1 + OVERLAP)} ${height}`);
      strip.append(graph);
      return strip;
    }));
  }
  const empty = () => element.replaceChildren();
  addEventListener('beforeprint', fill);
  addEventListener('afterprint', empty);
  return { element, destroy() { removeEventListener('beforeprint', fill); removeEventListener('afterprint', empty); } };
}
