// Which way things go along the edges of the picture: values from left to right; where a gradient has passed, the mark of
// direction points back to where it went.

import { SVG } from './dom.mjs';
import { pointsOf } from './outline.mjs';

const HEAD = { length: 8, half: 3.2 };

export function passageView(story, picture) {
  let firsts = new Map(), version = null;
  const passed = new Set();

  // After a fold was opened or closed, the picture has other edges, elsewhere.
  function begin() {
    version = picture.version;
    for (const g of passed) { g.classList.remove('is-passed'); g.querySelector('.chalk-back')?.remove(); }
    passed.clear();
    firsts = firstPassed(story, picture);
  }

  return {
    show({ position }) {
      if (version !== picture.version) begin();
      for (const [g, first] of firsts) {
        if (first <= position === passed.has(g)) continue;
        if (passed.delete(g)) g.querySelector('.chalk-back')?.remove();
        else {
          passed.add(g);
          if (g.dataset.tail === 'yes') g.append(backHead(g.querySelector('path')));
        }
        g.classList.toggle('is-passed', passed.has(g));
      }
    },
  };
}

// For each edge of the picture, the position from which on a gradient has passed it.
export function firstPassed(story, picture) {
  const firsts = new Map();
  story.steps.forEach((s, i) => {
    if (s.phase !== 'backward') return;
    for (const g of s.edges.flatMap(picture.edgesOf)) if (!firsts.has(g)) firsts.set(g, i + 1);
  });
  return firsts;
}

// A head at the beginning of an edge.
function backHead(path) {
  const head = document.createElementNS(SVG, 'polygon'), [[x, y], ...rest] = pointsOf(path);
  const [left, top] = rest.find(([a, b]) => a !== x || b !== y) ?? [x + 1, y], [dx, dy] = [left - x, top - y];
  const length = Math.hypot(dx, dy), [ux, uy] = [dx / length, dy / length];
  const corner = side => `${x + ux * HEAD.length - uy * side},${y + uy * HEAD.length + ux * side}`;
  head.setAttribute('points', `${x},${y} ${corner(HEAD.half)} ${corner(-HEAD.half)}`);
  head.setAttribute('class', 'chalk-back');
  return head;
}
