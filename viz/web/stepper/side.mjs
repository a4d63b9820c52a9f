// What stands below the step, one at a time: the program, what is selected, the list of steps, the X-ray of a number.

import { h } from './dom.mjs';

const NAMES = { program: 'Program', selected: 'Selected', steps: 'All steps', xray: 'X-ray' };

// views: { program, selected, steps, xray }, elements
export function sideView(views, dispatch, uid) {
  const names = Object.keys(NAMES);
  const tabs = names.map((name, i) => h('button', { type: 'button', id: `${uid}-tab-${name}`, title: `${NAMES[name]} (${i + 1})`, onclick: () => dispatch({ type: 'panel', panel: name }) }, NAMES[name]));
  const panes = names.map(name => h('div', { className: `chalk-tab chalk-tab-${name}`, id: `${uid}-pane-${name}`, tabIndex: 0 }, views[name]));
  const list = h('div', { className: 'chalk-tabs' }, ...tabs), element = h('section', { className: 'chalk-more', ariaLabel: 'Program, selection and steps' }, list, ...panes);
  list.setAttribute('role', 'tablist');
  list.setAttribute('aria-label', 'Shown below the step');
  tabs.forEach((tab, i) => {
    for (const [name, value] of Object.entries({ role: 'tab', 'aria-controls': panes[i].id })) tab.setAttribute(name, value);
    for (const [name, value] of Object.entries({ role: 'tabpanel', 'aria-labelledby': tab.id })) panes[i].setAttribute(name, value);
  });
  list.addEventListener('keydown', event => {
    const at = tabs.indexOf(event.target), to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const i = (to + tabs.length) % tabs.length;
    dispatch({ type: 'panel', panel: names[i] });
    tabs[i].focus();
  });
  return {
    element,
    show({ panel }) {
      names.forEach((name, i) => {
        panes[i].hidden = name !== panel;
        tabs[i].setAttribute('aria-selected', String(name === panel));
        tabs[i].tabIndex = name === panel ? 0 : -1;
      });
    },
  };
}
