// Elements, and the formulas and arrays of a story as elements.

export const SVG = 'http://www.w3.org/2000/svg';

export function h(tag, props = {}, ...children) {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children.filter(c => c !== null && c !== undefined));
  return node;
}

export function formula(place, story) {
  const made = new DOMParser().parseFromString(story.formulas[place], 'application/xml').documentElement;
  return document.importNode(made, true);
}

// A formula in a line of text.
export function fraction(place, story) {
  const made = formula(place, story);
  made.setAttribute('display', 'inline');
  made.setAttribute('displaystyle', 'true');
  return made;
}

// A formula in pieces that may stand in several lines: it is broken before signs and before matrices, outside of parentheses.
export function wrapped(place, story) {
  const whole = formula(place, story), row = whole.querySelector(':scope > mrow');
  if (!row || !row.querySelector('mtable') && row.children.length < LONG) return h('div', { className: 'chalk-formula' }, whole);
  const pieces = [[]];
  let depth = 0;
  for (const piece of [...row.children]) {
    const sign = piece.localName === 'mo' ? piece.textContent : '';
    const breaks = depth === 0 && pieces.at(-1).length && (isInfix(piece, sign) || isMatrix(piece, sign));
    if (breaks && !(pieces.at(-1).length === 1 && isInfix(pieces.at(-1)[0], pieces.at(-1)[0].textContent))) pieces.push([]); // a sign stands before what follows it
    if ('([{'.includes(sign) && sign) depth += 1;
    if (')]}'.includes(sign) && sign) depth -= 1;
    if (isInfix(piece, sign)) piece.setAttribute('form', 'infix');
    pieces.at(-1).push(piece);
  }
  return h('div', { className: 'chalk-formula' }, ...pieces.map(parts => {
    const made = whole.cloneNode(false);
    made.setAttribute('display', 'inline');
    made.setAttribute('displaystyle', 'true');
    made.append(...parts);
    return made;
  }));
}

const LONG = 14; // pieces of a formula that stands in one line
const isInfix = (piece, sign) => Boolean(sign) && '=+−-·←'.includes(sign) && piece.getAttribute('form') !== 'prefix';
const isMatrix = (piece, sign) => sign === '[' ? piece.nextElementSibling?.localName === 'mtable' : piece.localName !== 'mo' && piece.querySelector('mtable') !== null && piece.localName !== 'mtable';

// The entries of a small array in a line, the rows of a matrix apart; of a larger one its summary; and the shape.
export function entries(array) {
  if (!array) return 'not kept';
  const { cells, shape } = array, columns = shape.length === 2 && cells.length > 1 ? shape[1] : cells.length;
  if (cells.length > 12) return `array (${shape.join(', ')})`;
  const rows = Array.from({ length: cells.length / columns }, (_, i) => cells.slice(i * columns, (i + 1) * columns).join('  '));
  return rows.join('; ') + (shape.length ? ` (${shape.join(', ')})` : '');
}

// A row comes into sight in its pane, which alone scrolls; covered: how much of it is below a head that stays, in pixels.
export function reveal(row, pane, covered = 0) {
  if (!pane?.clientHeight) return;
  const seen = pane.getBoundingClientRect(), box = row.getBoundingClientRect(), top = seen.top + covered;
  if (box.top < top || box.bottom > seen.bottom) pane.scrollTop += box.top - top - Math.max(0, seen.bottom - top - box.height) / 2;
}

// What a key that is pressed in this element is for (see keys.mjs).
export function focusOf(element) {
  if (element.localName === 'input') return { range: 'slider', checkbox: 'checkbox' }[element.type] ?? 'text';
  if (element.closest('.node')) return 'vertex';
  if (element.closest('[role=tab]')) return 'tab';
  if (element.closest('button, summary')) return 'button';
  const scrolls = element.closest('[tabindex]');
  return scrolls && isScrolled(scrolls) ? 'scrolls' : 'page';
}

// Whether keys scroll it: it is smaller than what is in it, which is not only shown beyond its ends.
const isScrolled = e => /auto|scroll/.test(getComputedStyle(e).overflow) && (e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight);

// A click of the mouse gives the focus to the whole, not to what is clicked: otherwise the space bar, meant for the story,
// would press that again.
export function keepFocusFromClicks(root) {
  root.tabIndex = -1;
  root.addEventListener('mousedown', event => {
    if (!event.target.closest('button, label, summary, input[type=checkbox], .node')) return;
    event.preventDefault();
    root.focus({ preventScroll: true });
  });
  root.addEventListener('click', event => {
    const control = event.target.closest('label')?.control;
    if (!control || event.target === control) return;
    event.preventDefault(); // which would give it the focus
    control.click();
  });
}
