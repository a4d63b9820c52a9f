// Pictures as one animated PNG (APNG): the chunks of their PNG files, in a new order. All have to be of one size and kind, as those of one
// canvas are (PNG, third edition).

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
const CRCS = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

// files: a Uint8Array for each picture, ms: how long each is shown; gives a Uint8Array
export function animated(files, ms) {
  const pictures = files.map(pngChunks), [{ data: header }] = pictures[0];
  for (const [i, [first]] of pictures.entries()) {
    if (first.type !== 'IHDR' || first.data.some((x, k) => x !== header[k])) throw new Error(`Picture ${i} is of another size or kind than the first.`);
  }
  const parts = [Uint8Array.from(SIGNATURE), pngChunk('IHDR', header), pngChunk('acTL', u32(files.length, 0))];
  let sequence = 0;
  for (const [i, picture] of pictures.entries()) {
    parts.push(pngChunk('fcTL', joined([u32(sequence++), header.subarray(0, 8), u32(0, 0), u16(ms[i], 1000), Uint8Array.of(0, 0)])));
    for (const { data } of picture.filter(({ type }) => type === 'IDAT')) {
      parts.push(i === 0 ? pngChunk('IDAT', data) : pngChunk('fdAT', joined([u32(sequence++), data])));
    }
  }
  return joined([...parts, pngChunk('IEND', new Uint8Array())]);
}

// The chunks of a PNG file: [{ type, data }]
export function pngChunks(file) {
  if (SIGNATURE.some((x, i) => file[i] !== x)) throw new Error('This is not a PNG file.');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength), found = [];
  for (let at = SIGNATURE.length; at < file.length;) {
    const length = view.getUint32(at), type = String.fromCharCode(...file.subarray(at + 4, at + 8));
    found.push({ type, data: file.subarray(at + 8, at + 8 + length) });
    at += length + 12;
  }
  return found;
}

function pngChunk(type, data) {
  const inside = joined([Uint8Array.from(type, c => c.charCodeAt(0)), data]);
  return joined([u32(data.length), inside, u32(crc(inside))]);
}

function crc(bytes) {
  let c = 0xffffffff;
  for (const byte of bytes) c = CRCS[(c ^ byte) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

const u32 = (...numbers) => Uint8Array.from(numbers.flatMap(n => [n >>> 24, n >>> 16, n >>> 8, n].map(x => x & 255)));
const u16 = (...numbers) => Uint8Array.from(numbers.flatMap(n => [n >>> 8 & 255, n & 255]));

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { whole.set(part, at); at += part.length; }
  return whole;
}
