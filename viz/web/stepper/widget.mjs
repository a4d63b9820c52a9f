// The widget of a notebook, by anywidget's contract alone: render({ model, el }) shows the story in an element and returns what
// takes it away again. `state`, `step` and `key` are traits of the Python side; `step` goes both ways.

import { h } from './dom.mjs';

export const rendering = mount => ({ model, el }) => {
  const cell = h('div', { className: 'chalk-widget' });
  cell.dataset.live = model.get('key'); // the still picture of this widget is not shown beside it
  // For what has the focus in here, keys are not the commands of JupyterLab: b would insert a cell.
  cell.addEventListener('focusin', event => { event.target.dataset.lmSuppressShortcuts = 'true'; });
  el.append(cell);
  let stepper = null;

  // A front end may hand over an element that is not in its page yet, in which nothing can be measured.
  const shown = new ResizeObserver(() => {
    if (!cell.clientWidth) return;
    shown.disconnect();
    stepper = mount(cell, { ...model.get('state'), step: model.get('step') }, i => {
      model.set('step', i);
      model.save_changes();
    });
  });
  shown.observe(cell);
  const follow = () => { if (stepper && model.get('step') !== stepper.step) stepper.go(model.get('step')); };
  model.on('change:step', follow);
  return () => {
    shown.disconnect();
    model.off('change:step', follow);
    stepper?.destroy();
    cell.remove();
  };
};
