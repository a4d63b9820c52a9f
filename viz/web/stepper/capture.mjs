// The picture as it is seen, in a file of its own: as SVG, into which the styles of the page and its fonts go, and as pixels.

const STYLED = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'font-family', 'font-size', 'font-weight', 'font-style', 'opacity', 'visibility', 'display'];
const OURS = ['class', 'id', 'role', 'tabindex', 'aria-label', 'aria-hidden', 'aria-pressed', 'data-id', 'data-row', 'data-part', 'data-entry'];
const LONGEST = 8000; // pixels of a side, which every browser can draw

// The text of an SVG file.
export function svgText(svg) {
  svg.classList.add('is-still'); // nothing is on its way from one colour to another
  const copy = svg.cloneNode(true), { width, height } = svg.viewBox.baseVal;
  const shown = [svg, ...svg.querySelectorAll('*')], copied = [copy, ...copy.querySelectorAll('*')];
  for (const [i, element] of shown.entries()) {
    const style = getComputedStyle(element);
    for (const name of OURS) copied[i].removeAttribute(name);
    copied[i].setAttribute('style', STYLED.map(name => `${name}:${style.getPropertyValue(name)}`).join(';'));
  }
  svg.classList.remove('is-still');
  for (const [name, value] of Object.entries({ width: width * 4 / 3, height: height * 4 / 3 })) copy.setAttribute(name, value);
  const fonts = document.createElementNS(copy.namespaceURI, 'style');
  fonts.textContent = fontFaces(svg);
  copy.prepend(fonts);
  return new XMLSerializer().serializeToString(copy);
}

// The fonts that the page brings along, as rules of a style sheet.
function fontFaces(element) {
  const sheets = [...document.styleSheets, ...(element.getRootNode().styleSheets ?? [])];
  const rules = sheets.flatMap(sheet => { try { return [...sheet.cssRules]; } catch { return []; } }); // those of others cannot be read
  return [...new Set(rules.filter(rule => rule instanceof CSSFontFaceRule && rule.style.fontFamily.includes('Chalk Sans')).map(rule => rule.cssText))].join('\n');
}

// A canvas with the SVG on it, so many times as large, on a paper of this colour; `below` is room for more.
export async function painted(text, scale, paper, below = 0) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const fitted = Math.min(scale, LONGEST / image.naturalWidth, LONGEST / image.naturalHeight);
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(image.naturalWidth * fitted);
  const high = Math.round(image.naturalHeight * fitted);
  canvas.height = high + below;
  const context = canvas.getContext('2d');
  context.fillStyle = paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, high);
  return canvas;
}

// Its PNG file.
export async function png(canvas) {
  const blob = await new Promise(done => canvas.toBlob(done, 'image/png'));
  if (!blob) throw new Error('This browser cannot make a picture of that size.');
  return new Uint8Array(await blob.arrayBuffer());
}
