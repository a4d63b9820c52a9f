// The graph: which vertices are known, which were just changed, which come next; selecting one of them; opening and closing
// folds. Vertices are drawn once (story.folding.stamps) and put where arrange.mjs says; those that are folded away are not
// in the page.

import { arrange } from './arrange.mjs';
import { SVG } from './dom.mjs';
import { isFold, isOpen, opens, seenFor } from './folds.mjs';
import { headLabel, labelPlaces } from './headlabels.mjs';
import { vertexView } from './vertex.mjs';

const PAD = 16, TYPE = 9; // around the picture; the size of its smallest text
const TIP = { length: 6, half: 2.1 };

const short = point => point.map(x => x.toFixed(1)).join();
const made = (name, attributes = {}, ...children) => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};

export function pictureView(story, dispatch, uid) {
  const frames = made('g', { class: 'chalk-frames' }), arrows = made('g', { class: 'chalk-arrows', 'aria-hidden': 'true' }), nodes = made('g', { class: 'chalk-nodes' });
  const graph = made('g', { class: 'graph', transform: `translate(${PAD} ${PAD})` }, frames, arrows, nodes);
  const svg = made('svg', { class: 'chalk-picture', role: 'group', 'aria-label': 'Graph of the computation' }, graph);
  const views = new Map(), edges = new Map(), framed = new Map(), names = new Map(); // what was drawn so far, by id and key
  const now = badge(graph, 'now', '● now'), next = badge(graph, 'next', '○ next');
  const boxes = new WeakMap();
  let labels = new Map(); // where they are, by the keys of their arrows
  let reached = null, shown = {}, arranged = null, folds = null, current = null, version = 0, byEdge = new Map();

  const vertexOf = id => id === null ? undefined : shown[seenFor(id, current, story)];
  const edgesOf = id => byEdge.get(id) ?? [];

  // Puts everything where it is with these folds open.
  function rearrange(state) {
    current = state;
    arranged = arrange(story.folding, id => isOpen(id, state, story));
    version += 1;
    svg.setAttribute('viewBox', `0 0 ${arranged.width + 2 * PAD} ${arranged.height + 2 * PAD}`);
    shown = Object.fromEntries(Object.keys(arranged.boxes).map(id => [id, view(id)]));
    for (const [id, v] of Object.entries(shown)) {
      const box = arranged.boxes[id], [, x, y] = story.folding.stamps[id];
      v.place.style.transform = `translate(${box.x - x}px, ${box.y - y}px)`;
      boxes.set(v.g, { x: box.x - box.width / 2 + PAD, y: box.y - box.height / 2 + PAD, width: box.width, height: box.height });
    }
    children(nodes, Object.values(shown).map(v => v.place));
    children(frames, Object.entries(arranged.frames).map(([id, box]) => frame(id, box)));
    byEdge = new Map();
    labels = labelPlaces(arranged);
    children(arrows, [...arranged.pieces.map(piece => arrow(piece)), ...arranged.cuts.map(cut => cutName(cut))]);
  }

  // One vertex is reached by Tab, the selected or the first one, the others from it by the arrows.
  function reach(vertex) {
    const g = (vertex ?? Object.values(shown)[0])?.g;
    if (g === reached) return;
    reached?.setAttribute('tabindex', '-1');
    g?.setAttribute('tabindex', '0');
    reached = g;
  }

  function view(id) {
    if (!views.has(id)) {
      const g = drawn(story.folding.stamps[id][0]);
      g.dataset.id = id;
      g.id = `${uid}-${id}`;
      views.set(id, { ...vertexView(id, g, story), place: made('g', { class: 'chalk-place' }, g, ...(isFold(id, story) ? [opener(id)] : [])) });
      listen(id, g);
    }
    return views.get(id);
  }

  function frame(id, { x, y, width, height }) {
    if (!framed.has(id)) {
      const { title, kind } = story.folding.folds[id], name = title || kind;
      const outline = made('rect', { rx: 8 }), words = made('text', { x: 30, y: 16, 'font-size': 11, fill: '#56606e' });
      words.textContent = name;
      const closer = foldButton('−', `Fold ${name}`, () => dispatch({ type: 'flip', id }));
      closer.setAttribute('transform', 'translate(15 12)');
      framed.set(id, { g: made('g', { class: `cluster ${kind}`, 'data-fold': id }, outline, words, closer), outline });
    }
    const { g, outline } = framed.get(id);
    g.style.transform = `translate(${x}px, ${y}px)`;
    outline.setAttribute('width', width);
    outline.setAttribute('height', height);
    return g;
  }

  function arrow(piece) {
    if (!edges.has(piece.key)) {
      const path = made('path', { fill: 'none' }), head = made('polygon', { points: `0,0 ${-TIP.length},${TIP.half} ${-TIP.length},${-TIP.half}` }), label = made('text', { 'font-size': 9, fill: '#56606e', 'text-anchor': 'middle', y: 3.2 });
      edges.set(piece.key, { g: made('g', { class: 'edge', 'data-key': piece.key }, path, head, label), path, head, label });
    }
    const { g, path, head, label } = edges.get(piece.key), points = piece.points, tip = points.at(-1), before = points.at(-2);
    const length = Math.hypot(tip[0] - before[0], tip[1] - before[1]) || 1, unit = [(tip[0] - before[0]) / length, (tip[1] - before[1]) / length];
    const end = piece.head ? [tip[0] - unit[0] * TIP.length, tip[1] - unit[1] * TIP.length] : tip;
    path.setAttribute('d', `M${short(points[0])} C${[...points.slice(1, -1), end].map(short).join(' ')}`);
    head.style.display = piece.head ? '' : 'none';
    head.style.transform = `translate(${tip[0]}px, ${tip[1]}px) rotate(${Math.atan2(unit[1], unit[0])}rad)`;
    label.textContent = headLabel(piece);
    if (labels.has(piece.key)) label.style.transform = `translate(${labels.get(piece.key).map(x => `${x.toFixed(1)}px`).join()})`;
    g.dataset.id = piece.edges.join(' ');
    g.dataset.tail = piece.tail ? 'yes' : 'no';
    for (const id of piece.edges) byEdge.has(id) ? byEdge.get(id).push(g) : byEdge.set(id, [g]);
    const xs = points.map(p => p[0]), ys = points.map(p => p[1]), [x, y] = [Math.min(...xs), Math.min(...ys)];
    boxes.set(g, { x: x + PAD, y: y + PAD, width: Math.max(...xs) - x, height: Math.max(...ys) - y });
    return g;
  }

  // What an arrow comes from that goes on in another row, where it is cut.
  function cutName({ key, text, x, y, after, edges: ids }) {
    if (!names.has(key)) names.set(key, made('text', { class: 'chalk-cut', 'font-size': 9, fill: '#56606e', y: 3.2 }));
    const name = names.get(key);
    name.setAttribute('text-anchor', after ? 'start' : 'end');
    name.textContent = text;
    name.dataset.id = ids.join(' ');
    name.style.transform = `translate(${x.toFixed(1)}px,${y.toFixed(1)}px)`;
    return name;
  }

  // A click and the space bar select, a double click and Enter jump to where something happens to it; a double click on a fold
  // opens that.
  function listen(id, g) {
    const select = () => dispatch({ type: 'select', id });
    const jump = () => { select(); dispatch({ type: 'runto', what: id, around: true }); };
    g.addEventListener('click', select);
    g.addEventListener('dblclick', () => isFold(id, story) && opens(id, story) ? dispatch({ type: 'flip', id }) : jump());
    g.addEventListener('keydown', event => {
      const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); event.key === 'Enter' ? jump() : select(); }
      if (event.key === 'e') select(); // and then the key does what it does
      if (!move) return;
      event.preventDefault();
      const all = Object.values(shown);
      all[(all.findIndex(v => v.g === g) + move + all.length) % all.length].g.focus({ preventScroll: true });
    });
  }

  // The mark by which a closed fold is opened.
  function opener(id) {
    const [, x, y, width, height] = story.folding.stamps[id], name = story.folding.folds[id].title || story.folding.folds[id].kind;
    const button = opens(id, story) ? foldButton('+', `Unfold ${name}`, () => dispatch({ type: 'flip', id })) : foldButton('…', 'Too large to be laid out in time: it stays folded', () => {});
    button.setAttribute('transform', `translate(${x + width / 2 - 2} ${y - height / 2 + 2})`);
    return button;
  }

  // done: the steps that this move has applied. Gives the elements that the reader should see now.
  function show(state, frame, done) {
    const wanted = JSON.stringify([state.fold, state.flipped]);
    if (folds !== wanted) rearrange(state);
    folds = wanted;
    current = state;
    const selected = vertexOf(state.selected);
    for (const v of Object.values(shown)) v.show(state, v === selected);
    reach(selected);
    for (const g of svg.querySelectorAll('.is-now, .is-next, .is-flow')) g.classList.remove('is-now', 'is-next', 'is-flow', 'is-back');
    for (const s of done) {
      for (const id of [s.operation, s.changes]) vertexOf(id)?.g.classList.add('is-now');
      for (const id of s.edges) for (const g of edgesOf(id)) g.classList.add('is-flow', ...(s.phase === 'backward' ? ['is-back'] : []));
    }
    const last = done.length ? vertexOf(done.at(-1).changes) : null;
    const coming = frame.next ? vertexOf(frame.next.changes) : null;
    coming?.g.classList.add('is-next');
    place(now, last);
    place(next, coming, last !== null && coming === last);
    const moved = done.toReversed().flatMap(s => [s.changes, s.operation, s.node].map(vertexOf));
    const corner = ({ g }) => boxes.get(g).x + boxes.get(g).y, begin = () => [coming, ...Object.values(shown).sort((a, b) => corner(a) - corner(b))];
    const looked = state.practice ? [coming ?? last] : state.position ? [...moved, coming] : begin(); // who practises looks for what is asked
    return [...new Set(looked.filter(Boolean).map(({ g }) => g))];
  }

  function place(mark, vertex, aside = false) {
    mark.style.display = vertex ? '' : 'none';
    if (!vertex) return;
    const { x, y } = boxes.get(vertex.g);
    mark.setAttribute('transform', `translate(${x - PAD + (aside ? 47 : 4)} ${y - PAD - 11})`);
  }

  return {
    svg, type: TYPE, show, vertexOf, edgesOf, edgeOf: id => edgesOf(id).at(-1),
    boxOf: g => boxes.get(g),
    // The middle of a vertex, or of the frame of an open fold.
    placeOf(id) {
      const box = arranged.frames[id], seen = arranged.boxes[seenFor(id, current, story)];
      return box ? { x: box.x + box.width / 2 + PAD, y: box.y + box.height / 2 + PAD } : seen && { x: seen.x + PAD, y: seen.y + PAD };
    },
    get version() { return version; }, // another one after every change of what is open
    get rows() { return arranged.rows.map(({ top, height, width }) => ({ y: top, width: width + 2 * PAD, height: height + 2 * PAD })); },
    get size() { return { width: arranged.width + 2 * PAD, height: arranged.height + 2 * PAD }; },
  };
}

function drawn(stamp) {
  const source = `<svg xmlns="${SVG}" xmlns:xlink="http://www.w3.org/1999/xlink">${stamp}</svg>`;
  return document.importNode(new DOMParser().parseFromString(source, 'image/svg+xml').documentElement.firstElementChild, true);
}

// The children of an element are these, in this order; those that are new come in softly (style.css).
function children(parent, all) {
  const before = new Set(parent.children), wanted = new Set(all);
  for (const child of before) if (!wanted.has(child)) child.remove();
  for (const [i, child] of all.entries()) {
    child.classList.toggle('is-new', before.size > 0 && !before.has(child));
    if (parent.children[i] !== child) parent.insertBefore(child, parent.children[i] ?? null);
  }
}

function foldButton(sign, label, onclick) {
  const text = made('text', { 'text-anchor': 'middle', y: 4, 'font-size': 12, 'font-weight': 'bold' });
  text.textContent = sign;
  const button = made('g', { class: 'chalk-fold', role: 'button', tabindex: '-1', 'aria-label': label }, made('circle', { r: 8 }), text);
  button.append(Object.assign(made('title'), { textContent: label }));
  button.addEventListener('click', event => { event.stopPropagation(); onclick(); });
  button.addEventListener('dblclick', event => event.stopPropagation());
  return button;
}

function badge(graph, kind, words) {
  const text = made('text', { x: 20, y: 9.6, 'text-anchor': 'middle', 'font-size': 9 });
  text.textContent = words;
  const g = made('g', { class: `chalk-badge ${kind}`, 'aria-hidden': 'true' }, made('rect', { width: 40, height: 13, rx: 6.5 }), text);
  graph.append(g);
  return g;
}
