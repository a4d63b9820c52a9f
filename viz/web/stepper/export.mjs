// Files for the reader: the picture as it is seen now, as SVG and as PNG, and the whole pass as an animated PNG.

import { animated } from './apng.mjs';
import { boxAround } from './camera.mjs';
import { PER_POINT, painted, png, svgText } from './capture.mjs';
import { h } from './dom.mjs';
import { frameAt } from './frames.mjs';
import { stops } from './machine.mjs';
import { passageView } from './passage.mjs';
import { pictureView } from './picture.mjs';

const SHARPER = 2; // pixels of a PNG for each of the screen
const EXPORTED = { width: 1400, height: 700 }, CAPTION = 96; // pixels of the animation, and below the picture
const SMALLEST = 0.75; // of its size in the page: what is smaller cannot be read, so that only a part is seen
const MOST_FRAMES = 300; // frames
const FRAME_MS = 1200, LAST_TIMES = 3; // how long a frame is shown; the last one so many times as long

export function exportView(story, picture, uid) {
  const said = h('output', { className: 'chalk-note' }), probe = h('span', { hidden: true });
  const button = (words, make) => h('button', { type: 'button', onclick: () => make().then(say, error => say(error.message)) }, words);
  const pass = button('Whole pass as animated PNG', () => working ? cancelled() : whole());
  const element = h('details', { className: 'chalk-menu' }, h('summary', {}, 'Export'), h('div', { className: 'chalk-pop' },
    button('Picture as SVG', async () => save(svgText(picture.svg, paper()), 'image/svg+xml', `step-${state.position}.svg`)),
    button('Picture as PNG', async () => save(await png(await painted(svgText(picture.svg, paper()), paper(), { scale: SHARPER })), 'image/png', `step-${state.position}.png`)),
    pass, said, h('p', { className: 'chalk-note' }, 'In Python, viz.animate(J, "pass.gif") writes a smaller file.')), probe);
  let state = null, working = false;

  const say = words => { said.textContent = words ?? ''; };
  const paper = () => getComputedStyle(element.closest('.chalk')).backgroundColor;
  const ink = name => { probe.style.color = `var(${name})`; return getComputedStyle(probe).color; };

  function save(data, type, end) {
    const name = `${story.title.replace(/[^\p{L}\p{N}_-]+/gu, '-').slice(0, 40) || 'pass'}-${end}`;
    const url = URL.createObjectURL(new Blob([data], { type }));
    h('a', { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
    return `${name} is saved.`;
  }

  // It stops after the frame that is being made, and says so then.
  async function cancelled() {
    working = false;
    return 'Stopping …';
  }

  // Every position that the reader may see, on a picture that only the camera sees.
  async function whole() {
    const places = stops(state, story), positions = places.length <= MOST_FRAMES ? places : stops({ ...state, stride: 'operation' }, story);
    if (positions.length > MOST_FRAMES) throw new Error(`An animation has at most ${MOST_FRAMES} frames, but this pass has ${positions.length}.`);
    const studio = pictureView(story, () => {}, `${uid}-studio`), passage = passageView(story, studio);
    const host = h('div', { className: 'chalk-studio', ariaHidden: 'true', inert: true });
    host.append(studio.svg);
    element.closest('.chalk').append(host);
    const files = [], before = { ...state };
    let look = null;
    working = true;
    pass.textContent = 'Stop';
    try {
      for (const [i, position] of positions.entries()) {
        const at = { ...before, position, selected: null, flow: false };
        studio.show(at, frameAt(position, story), story.steps.slice(i ? positions[i - 1] : 0, position));
        passage.show(at);
        look ??= lens(studio);
        const canvas = await painted(svgText(studio.svg, paper()), paper(), { ...look(), below: CAPTION });
        caption(canvas, position);
        files.push(await png(canvas));
        if (!working) return 'Stopped.';
        say(`Frame ${i + 1} of ${positions.length} …`);
      }
    } finally {
      host.remove();
      working = false;
      pass.textContent = 'Whole pass as animated PNG';
    }
    return save(animated(files, files.map((_, i) => i === files.length - 1 ? LAST_TIMES * FRAME_MS : FRAME_MS)), 'image/png', 'pass.png');
  }

  // Below the picture: what the step does, in as many words as there is room for, and how far it is.
  function caption(canvas, position) {
    const step = story.steps[position - 1], context = canvas.getContext('2d'), top = canvas.height - CAPTION, wide = canvas.width - 32;
    const write = (words, font, colour, y, align = 'left') => {
      Object.assign(context, { font: `${font} "Chalk Sans", Arial, sans-serif`, fillStyle: ink(colour), textAlign: align });
      context.fillText(cut(words, context, wide), align === 'left' ? 16 : canvas.width - 16, top + y);
    };
    write(step ? step.title : 'Before the first step', 'bold 18px', '--ink', 26);
    write(`step ${position} of ${story.steps.length}`, '14px', '--muted', 26, 'right');
    for (const [i, line] of lines(step?.words ?? 'Only parameters and data are known.', context, wide).entries()) write(line, '15px', '--ink', 50 + 20 * i);
    for (const [part, colour] of [[1, '--rule'], [position / story.steps.length, '--act']]) {
      context.fillStyle = ink(colour);
      context.fillRect(16, top + CAPTION - 12, wide * part, 5);
    }
  }

  return {
    element,
    show(shown) { state = shown; },
    destroy() { working = false; },
  };
}

// What of a picture is seen in a frame: all of it, or the part where something happens, which stays where it is as long as it can.
function lens({ svg, size: { width, height }, boxOf }) {
  const size = { width: width * PER_POINT, height: height * PER_POINT };
  const scale = Math.max(SMALLEST, Math.min(1, EXPORTED.width / size.width, EXPORTED.height / size.height));
  const part = { x: 0, y: 0, width: Math.min(size.width, EXPORTED.width / scale), height: Math.min(size.height, EXPORTED.height / scale) };
  return () => {
    const marked = [...svg.querySelectorAll('.node.is-now')], box = boxAround((marked.length ? marked : [...svg.querySelectorAll('.is-next')]).map(boxOf));
    for (const [at, long] of box ? [['x', 'width'], ['y', 'height']] : []) {
      const start = box[at] * PER_POINT, end = start + box[long] * PER_POINT;
      if (start >= part[at] && end <= part[at] + part[long]) continue;
      part[at] = Math.max(0, Math.min(size[long] - part[long], (start + end - part[long]) / 2));
    }
    return { scale, part: { ...part } };
  };
}

// Words in at most two lines, the second cut short.
function lines(words, context, wide) {
  context.font = '15px "Chalk Sans", Arial, sans-serif';
  const made = [''];
  for (const word of words.split(' ')) {
    const longer = `${made.at(-1)} ${word}`.trim();
    if (made.length < 2 && made.at(-1) && context.measureText(longer).width > wide) made.push(word);
    else made[made.length - 1] = longer;
  }
  return made;
}

function cut(words, context, wide) {
  if (context.measureText(words).width <= wide) return words;
  let length = words.length;
  while (length && context.measureText(`${words.slice(0, length)}…`).width > wide) length -= 1;
  return `${words.slice(0, length)}…`;
}
