// The picture as it is seen, in a file of its own: as SVG, into which the styles of the page and its fonts go, and as pixels.

const STYLED = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'font-family', 'font-size', 'font-weight', 'font-style', 'opacity', 'visibility', 'display'];
const OURS = ['class', 'id', 'role', 'tabindex', 'aria-label', 'aria-hidden', 'aria-pressed', 'data-id', 'data-row', 'data-part', 'data-entry', 'data-key', 'data-tail', 'data-fold'];
export const PER_POINT = 4 / 3; // pixels for each unit of the picture
const LONGEST = 8000; // pixels of a side, which every browser can draw

// The text of an SVG file, on a paper of this colour.
export function svgText(svg, paper) {
  svg.classList.add('is-still'); // nothing is on its way from one colour or place to another
  const copy = svg.cloneNode(true), { width, height } = svg.viewBox.baseVal;
  const shown = [svg, ...svg.querySelectorAll('*')], copied = [copy, ...copy.querySelectorAll('*')];
  for (const [i, element] of shown.entries()) {
    const style = getComputedStyle(element);
    for (const name of OURS) copied[i].removeAttribute(name);
    copied[i].setAttribute('style', STYLED.map(name => `${name}:${style.getPropertyValue(name)}`).join(';'));
    if (i && style.transform !== 'none') copied[i].setAttribute('transform', style.transform); // of the whole it is where the camera is
  }
  svg.classList.remove('is-still');
  for (const [name, value] of Object.entries({ width: width * PER_POINT, height: height * PER_POINT })) copy.setAttribute(name, value);
  for (const button of copied.filter((_, i) => shown[i].classList.contains('chalk-fold'))) button.remove();
  const made = name => document.createElementNS(copy.namespaceURI, name), fonts = made('style'), sheet = made('rect');
  fonts.textContent = fontFaces(svg);
  for (const [name, value] of Object.entries({ width: '100%', height: '100%', fill: paper })) sheet.setAttribute(name, value);
  copy.prepend(fonts, sheet);
  return new XMLSerializer().serializeToString(copy);
}

// The fonts that the page brings along, as rules of a style sheet.
function fontFaces(element) {
  const sheets = [...document.styleSheets, ...(element.getRootNode().styleSheets ?? [])];
  const rules = sheets.flatMap(sheet => { try { return [...sheet.cssRules]; } catch { return []; } }); // those of others cannot be read
  return [...new Set(rules.filter(rule => rule instanceof CSSFontFaceRule && rule.style.fontFamily.includes('Chalk Sans')).map(rule => rule.cssText))].join('\n');
}

// A canvas with the SVG on it, or a part of it ({ x, y, width, height } in its own pixels), so many times as large, on a paper of
// this colour; `below` is room for more.
export async function painted(text, paper, { scale = 1, part = null, below = 0 }) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const { x, y, width, height } = part ?? { x: 0, y: 0, width: image.naturalWidth, height: image.naturalHeight };
  const fitted = Math.min(scale, LONGEST / width, LONGEST / height);
  const canvas = Object.assign(document.createElement('canvas'), { width: Math.round(width * fitted), height: Math.round(height * fitted) + below });
  const context = canvas.getContext('2d');
  context.fillStyle = paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.save();
  context.beginPath();
  context.rect(0, 0, canvas.width, canvas.height - below);
  context.clip();
  context.drawImage(image, -x * fitted, -y * fitted, image.naturalWidth * fitted, image.naturalHeight * fitted);
  context.restore();
  return canvas;
}

// Its PNG file.
export async function png(canvas) {
  const blob = await new Promise(done => canvas.toBlob(done, 'image/png'));
  if (!blob) throw new Error('This browser cannot make a picture of that size.');
  return new Uint8Array(await blob.arrayBuffer());
}
