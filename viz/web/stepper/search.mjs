// Finding vertices: by name, operation or layer.

// The ids of the vertices that have all the words of a query in their name, their operation's name or symbol, or their
// layer; results are found by the operation that computed them, too. In the order of the computation.
export function hits(query, story) {
  const words = query.normalize('NFKC').toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  return Object.entries(story.vertices).filter(([, v]) => v.role !== 'number').filter(([, v]) => {
    const told = [v.name, v.symbol, v.scope.join(' '), v.role].join(' ').normalize('NFKC').toLowerCase();
    return words.every(word => told.includes(word));
  }).map(([id]) => id);
}

// The vertices that one is computed from, and those that are computed from it, as sets of ids, itself in neither.
export function relatives(id, story) {
  return { ancestors: reached(id, story, 1, 0), descendants: reached(id, story, 0, 1) };
}

// The ids that edges lead to, followed from their end `from` to their end `to`.
function reached(id, story, from, to) {
  const next = new Map();
  for (const ends of Object.values(story.edges)) {
    if (!next.has(ends[from])) next.set(ends[from], []);
    next.get(ends[from]).push(ends[to]);
  }
  const found = new Set(), open = [...(next.get(id) ?? [])];
  while (open.length) {
    const other = open.pop();
    if (found.has(other)) continue;
    found.add(other);
    open.push(...(next.get(other) ?? []));
  }
  return found;
}
