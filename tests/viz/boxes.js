// What is wrong with the boxes of the page, as a list of texts; and how high the smallest text of the picture is, in pixels.
() => {
    const wrong = [], name = e => `${e.localName}.${e.getAttribute('class') ?? ''} "${(e.textContent ?? '').trim().slice(0, 30)}"`;
    const seen = e => { const b = e.getBoundingClientRect(); return b.width > 0 && b.height > 0 && getComputedStyle(e).visibility !== 'hidden'; };
    const all = (what, of = document) => [...of.querySelectorAll(what)].filter(seen);
    const boxes = new Map(); // each is asked for once, but compared with all others
    const box = e => boxes.get(e) ?? boxes.set(e, e.getBoundingClientRect()).get(e);
    const over = (a, b, room = 1) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > room && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > room;
    const inside = (a, b, room = 1) => a.left >= b.left - room && a.right <= b.right + room && a.top >= b.top - room && a.bottom <= b.bottom + room;
    const window = { left: 0, top: 0, right: innerWidth, bottom: innerWidth > 900 ? innerHeight : Infinity }; // a narrow page is scrolled
    if (document.documentElement.scrollWidth > innerWidth) wrong.push('the page is too wide');
    if (innerWidth > 900 && document.documentElement.scrollHeight > innerHeight) wrong.push('the page is too high');

    const parts = all('.chalk-head, .chalk-bar, .chalk-timeline, .chalk-ask, .chalk-pane, .chalk-below, .chalk-flow, .chalk-panel, .chalk-tabs, .chalk-tab');
    for (const [i, a] of parts.entries()) {
        if (!inside(box(a), window)) wrong.push(`outside of the window: ${name(a)}`);
        for (const b of parts.slice(i + 1)) if (over(box(a), box(b))) wrong.push(`${name(a)} over ${name(b)}`);
    }
    for (const group of all('.chalk-head, .chalk-bar, .chalk-tabs, .chalk-below, .chalk-zoom, .chalk-passes, .chalk-legend')) {
        const items = [...group.children].filter(seen);
        for (const [i, a] of items.entries()) {
            if (!inside(box(a), box(group), 2)) wrong.push(`${name(a)} outside of ${name(group)}`);
            for (const b of items.slice(i + 1)) if (over(box(a), box(b))) wrong.push(`${name(a)} over ${name(b)}`);
        }
    }
    for (const e of all('button, h1, h2, .chalk-phase, .chalk-count, label, .chalk-legend span, dt')) {
        if (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline') wrong.push(`clipped: ${name(e)}`);
    }
    for (const e of all('.chalk *')) {
        const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
        if (own && !e.closest('svg, math, dialog') && parseFloat(getComputedStyle(e).fontSize) < 12) wrong.push(`too small: ${name(e)}`);
    }
    for (const row of all('.chalk-panel dd, .chalk-panel p')) {
        if (row.scrollWidth > row.clientWidth + 1) wrong.push(`too wide: ${name(row)}`);
    }

    // The picture: whole texts, none over another, all within their vertices.
    const pane = document.querySelector('.chalk-pane').getBoundingClientRect();
    const shown = all('.chalk-pane > svg text').filter(t => t.textContent.trim() && inside(box(t), pane));
    for (const g of all('.chalk-pane > svg .node')) {
        const outline = box(g.querySelector('path, polygon, ellipse'));
        for (const t of all('text:not(.chalk-turns, .chalk-sick)', g)) if (t.textContent.trim() && !inside(box(t), outline, 1.5)) wrong.push(`beyond its vertex: ${name(t)}`);
    }
    for (const [i, a] of shown.entries()) for (const b of shown.slice(i + 1)) if (over(box(a), box(b), 2.5)) wrong.push(`text ${name(a)} over ${name(b)}`);
    return { wrong, smallest: Math.min(...shown.map(t => parseFloat(t.getAttribute('font-size')) * t.getScreenCTM().a)) };
}
