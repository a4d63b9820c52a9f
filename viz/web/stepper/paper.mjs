// The picture for paper: its rows, one below the other, and what is wider than a page in several strips.

import { h } from './dom.mjs';

const PAGE = 1150; // how wide a strip is at most, so that its text can be read on A4
const OVERLAP = 0.04; // of a strip, that is repeated in the next one

export function paperView(picture) {
  const { svg } = picture, element = h('div', { className: 'chalk-paper', ariaHidden: 'true' });
  function fill() {
    const strips = picture.rows.flatMap(({ y, width, height }) => {
      const count = Math.ceil(width / PAGE), each = width / count, repeated = count > 1 ? OVERLAP * each : 0;
      return Array.from({ length: count }, (_, i) => ({ x: Math.max(0, i * each - repeated), y, width: each + repeated, height }));
    });
    const widest = Math.max(...strips.map(({ width }) => width));
    element.replaceChildren(...strips.map(({ x, y, width, height }) => {
      const strip = document.createElementNS(svg.namespaceURI, 'svg'), graph = svg.querySelector('.graph').cloneNode(true);
      for (const g of [graph, ...graph.querySelectorAll('[id]')]) g.removeAttribute('id');
      for (const g of graph.querySelectorAll('[tabindex]')) g.removeAttribute('tabindex');
      strip.setAttribute('class', svg.getAttribute('class'));
      strip.setAttribute('viewBox', `${x} ${y} ${width} ${height}`);
      strip.style.width = `${(100 * width) / widest}%`; // all of them at one scale
      strip.append(graph);
      return strip;
    }));
  }
  const empty = () => element.replaceChildren();
  addEventListener('beforeprint', fill);
  addEventListener('afterprint', empty);
  return { element, destroy() { removeEventListener('beforeprint', fill); removeEventListener('afterprint', empty); } };
}
