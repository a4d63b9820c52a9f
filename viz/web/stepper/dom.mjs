// Elements, and the formulas and arrays of a story as elements.

export function h(tag, props = {}, ...children) {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children.filter(c => c !== null && c !== undefined));
  return node;
}

export function formula(place, story) {
  const made = new DOMParser().parseFromString(story.formulas[place], 'application/xml').documentElement;
  return document.importNode(made, true);
}

// The entries of a small array in a line, the rows of a matrix apart; of a larger one its summary; and the shape.
export function entries(array) {
  if (!array) return 'not kept';
  const { cells, shape } = array, columns = shape.length === 2 && cells.length > 1 ? shape[1] : cells.length;
  if (cells.length > 12) return `array (${shape.join(', ')})`;
  const rows = Array.from({ length: cells.length / columns }, (_, i) => cells.slice(i * columns, (i + 1) * columns).join('  '));
  return rows.join('; ') + (shape.length ? ` (${shape.join(', ')})` : '');
}

// What a key that is pressed in this element is for (see keys.mjs).
export function focusOf(element) {
  if (element.localName === 'input') return { range: 'slider', checkbox: 'checkbox' }[element.type] ?? 'text';
  if (element.closest('.node')) return 'vertex';
  if (element.closest('button, summary')) return 'button';
  const scrolls = element.closest('[tabindex]');
  return scrolls && (scrolls.scrollWidth > scrolls.clientWidth || scrolls.scrollHeight > scrolls.clientHeight) ? 'scrolls' : 'page';
}

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
