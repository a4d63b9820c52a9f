// Practice: the reader answers what a step computes before it is shown. Like the machine, which it goes around, this is
// a pure function of a state, an event and the story, and knows no page. The state of the machine gets one more part,
//
//   practice.passes    'backward', or 'both': whether the steps of the forward pass are asked, too
//   practice.records   by step: { tries: [{ typed, entries, causes }], done: null | 'right' | 'shown', hinted }
//   practice.said      what the last answer was: { step, verdict, ... } of judge(), or 'shown'; null after a move
//   practice.turned    how often the reader has turned to the question: each time its first field gets the focus
//
// and its `reach` is the first question without an answer: what comes after it is not shown, however one gets there.

import { judge } from './answers.mjs';
import { initial, update } from './machine.mjs';

export const PRACTICE_KEYS = { Enter: { type: 'question' } };
const FRESH = Object.freeze({ passes: 'backward', records: {}, said: null, turned: 0 });
const UNTOUCHED = { tries: [], done: null, hinted: false };

export const recordOf = (practice, step) => practice.records[step] ?? UNTOUCHED;

export const isAsked = (practice, step, story) => Boolean(story.questions.steps[step])
  && (practice.passes === 'both' || story.steps[step].phase !== 'forward');

export function begun(position, story, practice = FRESH) {
  return { ...initial(position, story, reachOf(practice, story)), practice };
}

// What was answered, as a short text for the permalink, and back: { passes, answers: { step: { typed, done, hinted } } }. What is
// to be said of an answer is found anew.
export const packed = ({ passes, records }) => JSON.stringify({
  passes, answers: Object.fromEntries(Object.entries(records).map(([step, { tries, done, hinted }]) => [step, { typed: tries.map(t => t.typed), done, hinted }])),
});

export function unpacked(text, story) {
  try {
    const { passes, answers } = JSON.parse(text);
    const records = Object.fromEntries(Object.entries(answers).filter(([step]) => story.questions.steps[step]).map(([step, { typed, done, hinted }]) => {
      const question = story.questions.steps[step], tries = typed.map(one => ({ typed: one, ...judge(question, one.map(String)) }));
      return [step, { tries: tries.map(({ typed: one, entries, causes }) => ({ typed: one, entries, causes })), done: ['right', 'shown'].includes(done) ? done : null, hinted: Boolean(hinted) }];
    }));
    return { ...FRESH, passes: passes === 'both' ? 'both' : 'backward', records };
  } catch { return FRESH; } // not what packed() has written
}

// The step that is asked here and now; null where none is.
export const questionAt = (state, story) => state.position === state.reach && state.reach < story.steps.length ? state.reach : null;

// The steps that went wrong, in order: not right at once, or shown.
export const mistaken = ({ practice }, story) => asked(practice, story).filter(step => {
  const { tries, done } = recordOf(practice, step);
  return tries.length > 0 || done === 'shown';
});

// How it stands. asked: all questions; done: those that are over; atOnce, later, shown: of these; wrong: wrong answers.
export function tally({ practice }, story) {
  const steps = asked(practice, story), records = steps.map(step => recordOf(practice, step));
  const right = records.filter(r => r.done === 'right'), shown = records.filter(r => r.done === 'shown').length;
  const atOnce = right.filter(r => !r.tries.length).length;
  const wrong = records.reduce((sum, r) => sum + r.tries.length, 0);
  return { asked: steps.length, done: right.length + shown, atOnce, later: right.length - atOnce, shown, wrong };
}

const asked = (practice, story) => [...story.steps.keys()].filter(step => isAsked(practice, step, story));
const reachOf = (practice, story) => asked(practice, story).find(step => !recordOf(practice, step).done) ?? story.steps.length;

const TURNS = {
  answer: (state, story, { typed }) => {
    const step = questionAt(state, story);
    if (step === null) return state;
    const judged = judge(story.questions.steps[step], typed), said = { step, typed, ...judged };
    if (judged.verdict === 'right') return passed(state, step, 'right', said, story);
    const { tries } = recordOf(state.practice, step);
    const noted = judged.verdict === 'wrong' ? recorded(state, step, { tries: [...tries, { typed, entries: judged.entries, causes: judged.causes }] }) : state;
    return turned(telling(noted, said));
  },
  show: (state, story) => {
    const step = questionAt(state, story);
    return step === null ? state : passed(state, step, 'shown', { step, verdict: 'shown' }, story);
  },
  hint: (state, story) => {
    const step = questionAt(state, story);
    return step === null ? state : turned(recorded(state, step, { hinted: true }));
  },
  question: (state, story) => turned(update(state, { type: 'go', position: state.reach }, story)),
  passes: (state, story, { passes }) => ({ ...state, practice: { ...state.practice, passes, said: null } }),
  review: (state, story) => {
    const places = mistaken(state, story).filter(step => recordOf(state.practice, step).done).map(step => step + 1);
    const position = places.find(place => place > state.position) ?? places[0];
    return position === undefined ? state : telling({ ...state, position, playing: false }, null);
  },
  again: (state, story) => {
    const [first] = mistaken(state, story);
    if (first === undefined) return state;
    const kept = Object.entries(state.practice.records).filter(([step]) => Number(step) < first);
    return turned({ ...state, position: first, playing: false, practice: { ...state.practice, records: Object.fromEntries(kept), said: null } });
  },
};

// The state after an event of practice or of the machine.
export function practised(state, event, story) {
  const handle = Object.hasOwn(TURNS, event.type) ? TURNS[event.type] : null;
  const after = handle ? handle(state, story, event) : update(state, event, story);
  if (after === state) return state;
  const moved = !handle && after.position !== state.position;
  return held(moved ? telling(after, null) : after, story);
}

// A state that is no further than its answers go.
function held(state, story) {
  const reach = reachOf(state.practice, story), position = Math.min(state.position, reach);
  return { ...state, reach, position, playing: state.playing && position < reach };
}

const telling = (state, said) => ({ ...state, practice: { ...state.practice, said } });
const turned = state => ({ ...state, practice: { ...state.practice, turned: state.practice.turned + 1 } });

function recorded(state, step, changes) {
  const records = { ...state.practice.records, [step]: { ...recordOf(state.practice, step), ...changes } };
  return { ...state, practice: { ...state.practice, records } };
}

// The step is over: it is applied, and the next question may be just behind it.
function passed(state, step, done, said, story) {
  return turned(telling({ ...recorded(state, step, { done }), position: step + 1, playing: false }, said), story);
}
