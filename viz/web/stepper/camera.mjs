// What of a picture is seen in its pane, as numbers: a camera { x, y, k } looks at the point (x, y) of the picture, in the
// middle of the pane, and k pixels of the pane are one unit of the picture. Sizes and boxes are { width, height } and
// { x, y, width, height }. That does not depend on the pane's size: the same camera in another window sees the same place.

export const LEAST = 12, OPENING = 9; // pixels: how high text has to be, to be read; and to be recognised, before the first step
const NEAREST = 8, CLOSE = 2.2, AROUND = 24; // the greatest k; the greatest that a whole picture is shown at; pixels kept free

// All of the picture, in the middle.
export const wholeView = (picture, pane) => ({ x: picture.width / 2, y: picture.height / 2, k: fitting(picture, pane) });

const fitting = ({ width, height }, pane) => Math.min(CLOSE, Math.max(1, pane.width - AROUND) / width, Math.max(1, pane.height - AROUND) / height);

// What the reader sees who has not moved, and after `f`. The rule: all of the picture, where its smallest text (`type` in its
// own units) is at least `least` pixels high then. Otherwise as much as there is room for with text of that height around these
// boxes: all of the first one, even if that makes text smaller, and of the others those that fit in beside the ones before, in
// their order. Before the first step, text is as high as OPENING, and the boxes are what is computed, from the beginning on;
// then it is LEAST, and they are what the step has changed, its operation, its operands, and what comes next.
export function followingView(boxes, picture, pane, type, least = LEAST) {
  const all = wholeView(picture, pane), readable = least / type;
  if (!boxes.length || all.k >= readable) return all;
  const [first, ...others] = boxes, k = Math.max(all.k, Math.min(readable, fitting(first, pane)));
  const room = { width: (pane.width - AROUND) / k, height: (pane.height - AROUND) / k };
  const { x, y, width, height } = others.reduce((box, other) => {
    const both = boxAround([box, other]);
    return both.width <= room.width && both.height <= room.height ? both : box;
  }, first);
  return { x: between(x + width / 2, picture.width, pane.width / k), y: between(y + height / 2, picture.height, pane.height / k), k };
}

// A middle from which nothing beyond the ends is seen, if possible.
const between = (middle, size, seen) => seen >= size ? size / 2 : Math.max(seen / 2, Math.min(size - seen / 2, middle));

// Nearer by a factor, about a point of the picture, which stays where it is in the pane.
export function zoomed(camera, by, picture, pane, at = camera) {
  const k = Math.max(Math.min(wholeView(picture, pane).k, 1) / 2, Math.min(NEAREST, camera.k * by)), left = camera.k / k;
  return { x: at.x + (camera.x - at.x) * left, y: at.y + (camera.y - at.y) * left, k };
}

// Moved by pixels of the pane; the picture never leaves it altogether.
export const panned = ({ x, y, k }, dx, dy, picture) => ({
  x: Math.max(0, Math.min(picture.width, x - dx / k)), y: Math.max(0, Math.min(picture.height, y - dy / k)), k,
});

// The point of the picture that is seen at a point of the pane, and the rectangle of it that is seen at all.
export const pointAt = (camera, left, top, pane) => ({ x: camera.x + (left - pane.width / 2) / camera.k, y: camera.y + (top - pane.height / 2) / camera.k });
export const seenBy = ({ x, y, k }, pane) => ({ x: x - pane.width / k / 2, y: y - pane.height / k / 2, width: pane.width / k, height: pane.height / k });

// The box around several; null around none.
export function boxAround(boxes) {
  if (!boxes.length) return null;
  const x = Math.min(...boxes.map(b => b.x)), y = Math.min(...boxes.map(b => b.y));
  return { x, y, width: Math.max(...boxes.map(b => b.x + b.width)) - x, height: Math.max(...boxes.map(b => b.y + b.height)) - y };
}
