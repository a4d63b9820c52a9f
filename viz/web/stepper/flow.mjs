// The flow of the gradient: edges as wide as its norm, and what is wrong with it, where and by what. Only what the gradient
// has reached is shown.

import { h } from './dom.mjs';
import { outlineOf } from './outline.mjs';
import { firstPassed } from './passage.mjs';

const WIDEST = 11, THINNEST = 0.8; // of edges, in units of the picture
const TOLD_MARKS = 40;
export const SIGNS = { vanishing: '↓', exploding: '↑', dead: '✕', 'not finite': '!', saturated: '⌐' };

// What is wrong as far as the reader has come: { id: { kind, reason, since } }.
export function marksAt(position, story) {
  return Object.fromEntries(Object.entries(story.flow?.marks ?? {}).filter(([, mark]) => mark.since <= position));
}

export function flowView(story, picture, dispatch) {
  const { svg, vertexOf } = picture, text = h('div', { className: 'chalk-reasons' });
  const element = h('section', { className: 'chalk-flow', ariaLabel: 'Flow of the gradient', tabIndex: 0, hidden: true }, text);
  const signs = new Map();
  let widths = null, firsts = null, shown = null, version = null;

  // After a fold was opened or closed, the picture has other edges.
  function begin() {
    version = picture.version;
    for (const g of widths?.all.keys() ?? []) g.style.removeProperty('--flow');
    widths = widthsOf(story.flow?.edges ?? {}, picture.edgesOf);
    firsts = firstPassed(story, picture);
    if (shown !== null) shown = '';
  }

  function show({ flow, position }) {
    if (version !== picture.version) begin();
    element.hidden = !flow;
    svg.classList.toggle('has-flow', flow);
    if (!flow && shown === null) return;
    for (const [g, width] of widths.all) {
      if (flow && firsts.get(g) <= position) g.style.setProperty('--flow', width);
      else if (g.style.removeProperty('--flow')) g.removeAttribute('style');
    }
    const marks = flow ? marksAt(position, story) : {}, key = flow ? JSON.stringify(Object.keys(marks)) : null;
    if (key === shown) return;
    shown = key;
    for (const g of svg.querySelectorAll('.is-sick')) g.classList.remove('is-sick');
    for (const sign of signs.values()) sign.remove();
    for (const [id, { kind }] of Object.entries(marks)) {
      const found = vertexOf(id);
      if (!found) continue;
      found.g.classList.add('is-sick');
      if (!signs.has(found.g)) signs.set(found.g, signOf(found.g));
      signs.get(found.g).textContent = `${SIGNS[kind]} ${kind}`;
      found.g.append(signs.get(found.g));
    }
    tell(Object.entries(marks));
  }

  function tell(marks) {
    const { low, high } = widths, nothing = h('p', {}, marks.length ? '' : 'Nothing is wrong with the gradient as far as it has come.');
    const one = ([id, { kind, reason }]) => h('li', {}, h('button', { type: 'button', onclick: () => dispatch({ type: 'select', id }) },
      `${SIGNS[kind]} ${story.vertices[id].name || story.vertices[id].symbol || story.vertices[id].role}`), ` ${kind}. ${reason}`);
    text.replaceChildren(h('p', {}, h('b', {}, 'Flow: '), low === null ? 'no gradient flows.' : `the wider an edge, the larger the norm of the gradient that has passed it, from ${low} to ${high} (logarithmic).`),
      nothing, h('ul', {}, ...marks.slice(0, TOLD_MARKS).map(one), marks.length > TOLD_MARKS ? h('li', {}, `and ${marks.length - TOLD_MARKS} more`) : null));
  }
  return { element, show };
}

// How wide each edge of the picture is, by the logarithm of the norm that passes it; and the range of the norms, as text.
function widthsOf(edges, edgesOf) {
  const norms = new Map();
  for (const [id, norm] of Object.entries(edges)) {
    for (const g of edgesOf(id)) norms.set(g, Math.max(norms.get(g) ?? 0, typeof norm === 'number' ? norm : Infinity));
  }
  const sizes = [...norms.values()].filter(norm => norm > 0 && norm < Infinity), low = sizes.reduce((a, b) => Math.min(a, b), Infinity), high = sizes.reduce((a, b) => Math.max(a, b), 0);
  const range = Math.log10(high) - Math.log10(low) || 1, short = x => sizes.length ? String(Number(x.toPrecision(2))) : null;
  const width = norm => norm === 0 ? THINNEST / 2 : norm === Infinity ? WIDEST : THINNEST + ((WIDEST - THINNEST) * (Math.log10(norm) - Math.log10(low))) / range;
  return { all: new Map([...norms].map(([g, norm]) => [g, width(norm)])), low: short(low), high: short(high) };
}

// Below a vertex: what is wrong with its gradient.
function signOf(g) {
  const { x, y, height } = outlineOf(g), sign = document.createElementNS(g.namespaceURI, 'text');
  for (const [name, value] of Object.entries({ class: 'chalk-sick', x: x + 2, y: y + height + 11, 'font-size': 10 })) sign.setAttribute(name, value);
  return sign;
}
