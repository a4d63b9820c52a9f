// The pane that the picture is seen through: wheel and pinch zoom, dragging, a map of the whole, and a camera that follows
// the steps unless the reader has moved it. What is seen is a function of the state and the size of the pane.

import { LEAST, OPENING, followingView, panned, pointAt, seenBy, wholeView, zoomed } from './camera.mjs';
import { h } from './dom.mjs';

const STEP = 1.25, WHEEL = 0.0016, PINCH = 0.012; // of zooming: by a key, by a pixel of the wheel, of a pinch on a trackpad
const SHIFT = 80, DRAG = 4; // pixels: what a key moves by; what is less than this was a click
const MAP = { width: 180, height: 110, part: 0.2 }, MARGIN = 22; // pixels: of the map, at most this part of the pane's height; and around it

// picture: { svg, type, size, version, boxOf }: an <svg>, the size of its smallest text, in its own units, its own size, which
// is another one in another version, and the boxes of its elements
export function viewport(picture, dispatch) {
  const { svg, type } = picture;
  let size = { width: 1, height: 1 }, version = null;
  const button = (text, label, event) => h('button', { type: 'button', ariaLabel: label, title: label, onclick: () => command(event) }, text);
  const tools = h('div', { className: 'chalk-zoom', role: 'group', ariaLabel: 'Zoom' }, button('+', 'Nearer (+)', { type: 'zoom', by: STEP }),
    button('−', 'Further away (−)', { type: 'zoom', by: 1 / STEP }), button('▢', 'All of it (0)', { type: 'whole' }), button('◎', 'Follow the steps (f)', { type: 'follow' }));
  const map = miniature(picture, point => look({ ...camera, ...point }));
  const element = h('div', { className: 'chalk-pane' }, svg, map.element);
  let camera = { x: 0, y: 0, k: 1 }, state = null, boxes = [], drag = null;
  const fingers = new Map();

  function resize() {
    version = picture.version;
    size = picture.size;
    svg.style.width = `${size.width}px`;
    svg.style.height = `${size.height}px`;
    map.reset(pane());
  }

  let measured = { width: 0, height: 0 }; // anew when the window changes: asking at every step would have everything laid out
  const pane = () => measured;
  const look = wanted => dispatch({ type: 'look', camera: rounded(wanted) });

  // elements: what the step is about, the most important first; null: what it was about; smooth: whether the camera may glide there
  function show(shown, elements, smooth) {
    state = shown;
    if (version !== picture.version) resize();
    if (elements) boxes = elements.map(picture.boxOf);
    if (elements) map.mark(elements[0]);
    draw(smooth);
  }

  function draw(smooth = false) {
    const seen = pane();
    if (!state || !seen.width) return;
    camera = state.camera === null ? followed(seen) : state.camera === 'whole' ? wholeView(size, seen) : state.camera;
    svg.style.transition = smooth ? '' : 'none';
    svg.style.transform = `translate(${seen.width / 2 - camera.x * camera.k}px, ${seen.height / 2 - camera.y * camera.k}px) scale(${camera.k})`;
    tools.lastChild.setAttribute('aria-pressed', String(state.camera === null));
    map.show(seenBy(camera, seen), !isInside({ x: 0, y: 0, ...size }, seenBy(camera, seen)));
  }

  // After a fold was opened or closed: what was at one point of the picture, and is at another one now, stays where it was in
  // the pane; unless all of the picture is seen anyway.
  function keep(was, from, to) {
    const whole = isInside({ x: 0, y: 0, ...size }, seenBy(camera, pane()));
    if (from && to && state.camera !== 'whole' && !(state.camera === null && whole)) look({ ...was, x: was.x + to.x - from.x, y: was.y + to.y - from.y });
  }

  // Where the map is shown, what the reader should see is above it.
  function followed(seen) {
    const least = state.position ? LEAST : OPENING, all = followingView(boxes, size, seen, type, least);
    if (all.k === wholeView(size, seen).k) return all;
    const above = followingView(boxes, size, { width: seen.width, height: Math.max(80, seen.height - map.height) }, type, least);
    return { ...above, y: above.y + (seen.height - Math.max(80, seen.height - map.height)) / 2 / above.k };
  }

  // An element that is out of sight comes into the middle; what is seen anyway stays where it is.
  function reveal(g) {
    const wanted = picture.boxOf(g);
    if (isInside(wanted, seenBy(camera, pane()))) return;
    const { k } = followingView([wanted], size, pane(), type);
    look({ x: wanted.x + wanted.width / 2, y: wanted.y + wanted.height / 2, k: Math.max(k, camera.k) });
  }

  // What keys and buttons ask for.
  function command({ type: what, by, dx = 0, dy = 0 }) {
    if (what === 'zoom') look(zoomed(camera, by, size, pane()));
    else if (what === 'pan') look(panned(camera, dx * SHIFT, dy * SHIFT, size));
    else dispatch({ type: 'look', camera: what === 'whole' ? 'whole' : null });
  }

  const place = ({ clientX, clientY }) => {
    const { left, top } = element.getBoundingClientRect();
    return [clientX - left - element.clientLeft, clientY - top - element.clientTop];
  };

  element.addEventListener('wheel', event => {
    event.preventDefault();
    const by = Math.exp(-event.deltaY * (event.ctrlKey ? PINCH : event.deltaMode === 1 ? WHEEL * 20 : WHEEL));
    look(zoomed(camera, by, size, pane(), pointAt(camera, ...place(event), pane())));
  }, { passive: false });

  element.addEventListener('pointerdown', event => {
    if (event.button !== 0 || event.target.closest('button, .chalk-map')) return;
    fingers.set(event.pointerId, place(event));
    drag = { from: place(event), moved: false };
  });
  element.addEventListener('pointermove', event => {
    if (!fingers.has(event.pointerId)) return;
    const before = [...fingers.values()], now = place(event), [x, y] = fingers.get(event.pointerId);
    if (!drag.moved && Math.hypot(now[0] - drag.from[0], now[1] - drag.from[1]) < DRAG) return;
    if (!drag.moved) element.setPointerCapture(event.pointerId);
    drag.moved = true;
    fingers.set(event.pointerId, now);
    if (fingers.size < 2) look(panned(camera, now[0] - x, now[1] - y, size));
    else pinch(before, [...fingers.values()]);
  });
  for (const end of ['pointerup', 'pointercancel']) element.addEventListener(end, event => fingers.delete(event.pointerId));
  element.addEventListener('click', event => { // of a drag, which is none
    if (drag?.moved) { event.stopPropagation(); event.preventDefault(); }
    drag = null;
  }, true);

  // Two fingers: what was between them stays between them.
  function pinch([a, b], [c, d]) {
    const apart = (p, q) => Math.hypot(p[0] - q[0], p[1] - q[1]) || 1, middle = (p, q) => [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2];
    const [x, y] = middle(a, b), [left, top] = middle(c, d);
    const moved = panned(camera, left - x, top - y, size);
    look(zoomed(moved, apart(c, d) / apart(a, b), size, pane(), pointAt(moved, left, top, pane())));
  }

  element.addEventListener('focusin', event => { const g = event.target.closest('.node'); if (g) reveal(g); });
  element.addEventListener('scroll', () => element.scrollTo(0, 0)); // the browser has scrolled to what has the focus: the camera goes there

  const measure = () => { measured = { width: element.clientWidth, height: element.clientHeight }; map.reset(measured); draw(); };
  const sized = new ResizeObserver(measure);
  sized.observe(element);
  return { element, tools, show, measure, command, keep, reveal, get camera() { return camera; }, destroy: () => sized.disconnect() };
}

const isInside = (box, seen) => box.x >= seen.x - 1 && box.y >= seen.y - 1 && box.x + box.width <= seen.x + seen.width + 1 && box.y + box.height <= seen.y + seen.height + 1;
const rounded = ({ x, y, k }) => ({ x: Math.round(x * 10) / 10, y: Math.round(y * 10) / 10, k: Math.round(k * 1e4) / 1e4 });

// A small map of the whole picture, with a frame around what is seen.
function miniature(picture, onpoint) {
  const { svg } = picture, made = name => document.createElementNS(svg.namespaceURI, name);
  const drawn = made('svg'), frame = made('rect');
  let size = null, k = 1;
  frame.setAttribute('class', 'chalk-frame');
  const rects = new Map();
  let here = null;
  const element = h('div', { className: 'chalk-map', hidden: true, ariaHidden: 'true' }, drawn);

  function fill() {
    drawn.setAttribute('viewBox', `0 0 ${size.width} ${size.height}`);
    drawn.setAttribute('width', size.width * k);
    drawn.setAttribute('height', size.height * k);
    for (const g of svg.querySelectorAll('.node')) {
      const rect = made('rect');
      for (const [name, value] of Object.entries(picture.boxOf(g))) rect.setAttribute(name, value);
      rects.set(g, drawn.appendChild(rect));
    }
    mark(here);
    drawn.append(frame);
  }

  // The vertex that the step is about.
  function mark(g) {
    rects.get(here)?.removeAttribute('class');
    here = g;
    rects.get(here)?.setAttribute('class', 'here');
  }

  const point = event => {
    if (!(event.buttons & 1)) return;
    const { left, top } = drawn.getBoundingClientRect();
    event.preventDefault();
    onpoint({ x: Math.max(0, Math.min(size.width, (event.clientX - left) / k)), y: Math.max(0, Math.min(size.height, (event.clientY - top) / k)) });
  };
  element.addEventListener('pointerdown', event => { element.setPointerCapture(event.pointerId); point(event); });
  element.addEventListener('pointermove', point);

  return {
    element, mark,
    get height() { return size ? size.height * k + MARGIN : MARGIN; },
    reset({ height }) {
      if (!picture.version) return; // nothing is arranged yet
      drawn.replaceChildren();
      rects.clear();
      size = picture.size;
      k = Math.min(MAP.width / size.width, Math.min(MAP.height, MAP.part * height) / size.height);
    },
    show(seen, needed) {
      element.hidden = !needed;
      if (!needed) return;
      if (!drawn.hasChildNodes()) fill();
      for (const [name, value] of Object.entries(seen)) frame.setAttribute(name, value);
    },
  };
}
