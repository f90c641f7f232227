'use strict';
// What the endpoint says is shown as text only, never as markup.
const DENSE = 12;
const MANY = 100;
const INTERVALS = 300;
const RECENTLY = 60000;
const AT_REST = 5000;
const PERIOD = 1000;
const SVG = 'http://www.w3.org/2000/svg';
const VALUES = ['used', 'peak', 'limit', 'waiting', 'granted', 'refused', 'wouldRefuse'];
const endpoint = document.body.dataset.limiters;
const writable = document.body.dataset.writable === 'true';
const state = document.getElementById('state');
const cards = document.getElementById('cards');
const table = document.getElementById('table');
const filter = document.getElementById('filter');
const busy = document.getElementById('busy');
const view = document.getElementById('view');
const editor = document.getElementById('editor');
const entries = new Map();
/** What is known of the history: which one, its last interval and when that ended. */
const known = { begun: null, last: -1, at: 0, every: 2, asked: 0 };
let paused = false;
let edited = null;
let dense = null;
let touched = 0;

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const fraction = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 });
const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

/** What would end a line or turn the direction of writing is written as an escape. */
function visible(text) {
	return String(text).replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu, (one) => `\\u{${one.codePointAt(0).toString(16)}}`);
}

function element(parent, name, text, className) {
	const child = document.createElement(name);
	child.textContent = visible(text);
	if (className) {
		child.className = className;
	}
	parent.append(child);
	return child;
}

/** Writes only what is new, so that nothing is laid out again for the same. */
function write(node, text) {
	const seen = visible(text);
	if (node.textContent !== seen) {
		node.textContent = seen;
	}
}

function seconds(value) {
	if (value === 0) {
		return '0';
	}
	return (value < 1) ? number.format(value * 1000) + ' ms' : number.format(value) + ' s';
}

function ago(intervals) {
	const all = Math.round(intervals * known.every);
	const minutes = Math.floor(all / 60);
	return (minutes > 0 ? `${minutes} min ` : '') + `${all % 60} s ago`;
}

function amount(value) {
	return (value > 0 && value < 1 ? fraction : number).format(value);
}

function address(limiter) {
	return `${endpoint}/${limiter.kind}/${encodeURIComponent(limiter.name)}`;
}

function copy(template) {
	return document.getElementById(template).content.firstElementChild.cloneNode(true);
}

const inView = new IntersectionObserver((changes) => {
	for (const change of changes) {
		const found = entries.get(change.target.dataset.key);
		if (found) {
			found.inView = change.isIntersecting;
			if (found.inView) {
				draw(found);
			}
		}
	}
}, { rootMargin: '200px' });

function entry(limiter) {
	const key = limiter.kind + '/' + limiter.name;
	let found = entries.get(key);
	if (!found) {
		const node = copy('card');
		const row = copy('row');
		found = { key, node, row, past: Object.fromEntries(VALUES.map((name) => [name, []])), drawn: -1, cursor: null,
			fullAt: -Infinity, lineAt: -Infinity, inView: false };
		node.id = key;
		node.dataset.key = key;
		row.dataset.key = key;
		const kind = (limiter.kind === 'bulkhead') ? 'bulkhead' : 'rate limit';
		for (const place of [node, row]) {
			write(place.querySelector('.kind'), kind);
			inView.observe(place);
		}
		write(node.querySelector('h2'), limiter.name);
		const open = row.querySelector('.open');
		write(open, limiter.name);
		open.addEventListener('click', () => unfold(found, open.getAttribute('aria-expanded') !== 'true'));
		node.querySelector('.change').addEventListener('click', () => edit(found.limiter));
		node.querySelector('.undo').addEventListener('click', () => undo(found.limiter));
		for (const details of node.querySelectorAll('.holders, .keys')) {
			details.addEventListener('toggle', () => look(found));
		}
		point(found);
		entries.set(key, found);
		// In their places from the next order on.
		if (!dense) {
			cards.append(node);
		}
		table.append(row);
	}
	found.limiter = limiter;
	return found;
}

function unfold(shown, open) {
	shown.row.querySelector('.open').setAttribute('aria-expanded', String(open));
	shown.row.querySelector('.more').hidden = !open;
	if (open) {
		shown.row.querySelector('.more > td').append(shown.node);
		draw(shown);
	}
}

/** The last of a value, an interval's mean. */
function last(shown, name) {
	return shown.past[name].at(-1);
}

/** Whether keys have supplies of their own, so that the limit is that of each; they are forgotten when that changes nothing. */
function keyed(shown) {
	shown.keyed = shown.keyed || shown.limiter.keys.known > 0;
	return shown.keyed;
}

// ---- Who is in trouble

const FINE = 0;
const FULL = 1;
const LINE = 2;
const REFUSES = 3;
const OUTAGE = 4;

/** Trouble counts for a minute, so that nobody jumps up and down. */
function trouble(shown) {
	const { limiter } = shown;
	const now = performance.now();
	const recent = (name) => shown.past[name].slice(-RECENTLY / 1000 / known.every).some((value) => value > 0);
	if (limiter.waiting > 0) {
		shown.lineAt = now;
	}
	if (isFull(limiter) || limiter.pauses) {
		shown.fullAt = now;
	}
	if (limiter.shared && limiter.shared.degraded) {
		return OUTAGE;
	}
	if (recent('refused')) {
		return REFUSES;
	}
	if (isClosed(limiter) || now - shown.lineAt < RECENTLY || recent('waiting')) {
		return LINE;
	}
	return (now - shown.fullAt < RECENTLY || recent('wouldRefuse')) ? FULL : FINE;
}

function isClosed(limiter) {
	return limiter.kind === 'bulkhead' && limiter.limit === 0;
}

function isFull(limiter) {
	const [level, most] = levelOf(limiter);
	return most > 0 && level >= most;
}

function levelOf(limiter) {
	return limiter.kind === 'bulkhead' ? [limiter.inUse, limiter.limit]
		: [Math.max(0, limiter.burst - limiter.available), limiter.burst];
}

/** Puts who is in trouble first, then by name, unless somebody is at work there. */
function order() {
	const reading = [...entries.values()].some((shown) => shown.cursor !== null);
	if (performance.now() - touched < AT_REST || reading || editor.open) {
		return;
	}
	const sorted = [...entries.values()].sort((one, other) => other.trouble - one.trouble
		|| (one.limiter.name < other.limiter.name ? -1 : one.limiter.name > other.limiter.name ? 1 : 0)
		|| (one.limiter.kind < other.limiter.kind ? -1 : 1));
	const focus = document.activeElement;
	if (dense) {
		arrange(table, sorted.map((shown) => shown.row), 2);
	}
	else {
		arrange(cards, sorted.map((shown) => shown.node), 0);
	}
	if (focus !== document.activeElement) {
		focus.focus({ preventScroll: true });
	}
}

/** Moves as few as may be: what is moved loses the focus. */
function arrange(parent, nodes, before) {
	nodes.forEach((node, index) => {
		const there = parent.children[index + before];
		if (there !== node) {
			parent.insertBefore(node, there || null);
		}
	});
}

function lay(asTable) {
	if (dense === asTable) {
		return;
	}
	dense = asTable;
	table.hidden = !dense;
	view.setAttribute('aria-pressed', String(dense));
	for (const shown of entries.values()) {
		const open = shown.row.querySelector('.open').getAttribute('aria-expanded') === 'true';
		if (!dense) {
			cards.append(shown.node);
		}
		else if (open) {
			shown.row.querySelector('.more > td').append(shown.node);
		}
		else {
			shown.node.remove();
		}
	}
	touched = -Infinity;
	order();
}

// ---- What is there now

function draw(shown) {
	const { limiter, node, row } = shown;
	for (const place of [node, row]) {
		for (const level of [FULL, LINE, REFUSES, OUTAGE]) {
			place.classList.toggle('t' + level, shown.trouble === level);
		}
		place.classList.toggle('full', isFull(limiter));
		place.classList.toggle('closed', isClosed(limiter));
		place.classList.toggle('unenforced', limiter.enforce < 100);
	}
	if (dense && shown.inView) {
		drawRow(shown);
	}
	if (node.isConnected && (!dense || !node.closest('[hidden]'))) {
		drawCard(shown);
	}
}

function drawRow(shown) {
	const { limiter, row } = shown;
	const [level, most] = levelOf(limiter);
	write(row.querySelector('.state'), badge(shown) || 'fine');
	row.querySelector('.fill').style.width = width(level, most);
	write(row.querySelector('.amount'), limiter.kind === 'bulkhead' ? `${level} of ${most}` : `${limiter.available} of ${most} left`);
	row.querySelector('.amount').title = keyed(shown) ? 'Each of its keys has as many' : '';
	write(row.querySelector('.line'), limiter.waiting);
	write(row.querySelector('.rate'), rate(shown, 'granted'));
	write(row.querySelector('.refusals'), rate(shown, 'refused'));
	if (shown.drawnRow !== known.last) {
		shown.drawnRow = known.last;
		spark(row.querySelector('svg'), shown);
	}
}

function rate(shown, name) {
	const value = last(shown, name);
	return (value === undefined) ? '…' : amount(value);
}

function width(level, most) {
	return (most > 0 ? Math.min(100, 100 * level / most) : 100) + '%';
}

function drawCard(shown) {
	const { limiter, node } = shown;
	const bulkhead = limiter.kind === 'bulkhead';
	const [level, most] = levelOf(limiter);
	write(node.querySelector('.badge'), badge(shown));
	const meter = node.querySelector('.meter');
	meter.setAttribute('aria-valuemax', most);
	meter.setAttribute('aria-valuenow', Math.min(level, most));
	meter.setAttribute('aria-label', bulkhead ? 'Permits in use' : 'Tokens taken from the bucket');
	meter.firstElementChild.style.width = width(level, most);
	const ofKeys = keyed(shown) ? `; the limit is that of each of its keys, ${number.format(limiter.keys.known)} now` : '';
	write(node.querySelector('.now'), bulkhead
		? `${level} of ${most} in use, ${limiter.waiting} waiting, ${rate(shown, 'granted')} per second${ofKeys}`
		: `${rate(shown, 'granted')} per second of ${pace(limiter)}, ${limiter.available} of ${most} tokens left`
			+ (limiter.waiting > 0 ? `, ${limiter.waiting} waiting` : '') + ofKeys);
	chart(shown);
	pauses(node.querySelector('.pauses'), limiter.pauses || []);
	shadow(node, limiter, last(shown, 'wouldRefuse') || 0);
	shared(node.querySelector('.shared'), limiter);
	facts(node.querySelector('.facts'), limiter);
	holders(node.querySelector('.holders'), limiter);
	keys(node.querySelector('.keys'), shown);
	values(node.querySelector('.values'), limiter);
	node.querySelector('.change').hidden = !writable;
	node.querySelector('.undo').hidden = !writable
		|| !Object.values(limiter.configuration).some((value) => value.source === 'runtime');
}

/** The rate as it was set: a few an hour are nothing in a second. */
function pace(limiter) {
	if (limiter.configuration.sliding.value) {
		return `${amount(limiter.limit)} in any ${limiter.per}`;
	}
	return amount(limiter.limit) + (limiter.per === '1s' ? '' : ` per ${limiter.per}`);
}

function badge(shown) {
	const { limiter } = shown;
	const told = [];
	if (limiter.shared && limiter.shared.degraded) {
		told.push('store does not answer');
	}
	if (isClosed(limiter)) {
		told.push('closed');
	}
	else if (isFull(limiter)) {
		told.push(limiter.kind === 'bulkhead' ? 'full' : 'no token left');
	}
	if (limiter.waiting > 0) {
		told.push('with a line');
	}
	if (last(shown, 'refused') > 0) {
		told.push('refusing');
	}
	else if (shown.trouble === REFUSES) {
		told.push('refused of late');
	}
	if (limiter.enforce < 100) {
		told.push(limiter.enforce === 0 ? 'shadow' : `${limiter.enforce}% enforced`);
	}
	if (limiter.pauses) {
		told.push('client pauses');
	}
	if (told.length === 0 && shown.trouble !== FINE) {
		told.push(shown.trouble === LINE ? 'had a line of late' : 'full of late');
	}
	return told.join(', ');
}

function pauses(line, present) {
	line.hidden = present.length === 0;
	write(line, present.map((pause) => `client ${pause.client}: `
		+ (pause.pausedSeconds > 0 ? `its server said stop, for ${seconds(pause.pausedSeconds)} more`
			: `back to its old pace in ${seconds(pause.restoringSeconds)}`)).join('; '));
}

/** Whether the limit holds for all; if not, nobody may take it for one that does. */
const ON_OUTAGE = { 'local-share': 'each keeps to its share', open: 'everybody is let in', closed: 'nobody is let in' };

function shared(line, limiter) {
	const over = limiter.shared;
	line.hidden = !over;
	if (!over) {
		return;
	}
	const among = over.instances === 1 ? 'one instance' : `${over.instances} instances`;
	const used = over.inUse === undefined || over.inUse === null ? '' : `: ${over.inUse} of ${limiter.limit} in use over all`;
	line.classList.toggle('degraded', over.degraded);
	write(line, over.degraded
		? `The store of ${among} does not answer: ${ON_OUTAGE[over.onOutage]}`
		: `Shared by ${among}${used}`);
}

function shadow(node, limiter, refusals) {
	const line = node.querySelector('.shadow');
	line.hidden = limiter.enforce >= 100;
	const rate = refusals > 0 ? ` (${amount(refusals)} per second)` : '';
	write(line, (limiter.enforce === 0 ? 'Shadow mode: nobody is refused' : `Holds for ${limiter.enforce}% of the calls beyond it`)
		+ `; ${number.format(limiter.wouldRefuse)} let in that it would have refused${rate}`);
}

function facts(list, limiter) {
	const told = [];
	const fact = (name, value, title) => told.push([name, value, title || '']);
	const reasons = Object.entries(limiter.refused.byReason).filter(([, count]) => count > 0)
		.map(([reason, count]) => `${reason} ${count}`).join(', ');
	fact('granted', number.format(limiter.granted));
	fact('refused', number.format(limiter.refused.total), reasons);
	fact('mean wait', seconds(limiter.waited.meanSeconds), `of ${limiter.waited.count} calls that waited`);
	if (limiter.held) {
		fact('mean hold', seconds(limiter.held.meanSeconds));
	}
	if (limiter.wouldRefuse > 0) {
		fact('would refuse', number.format(limiter.wouldRefuse), 'let in, as the limit did not hold for them');
	}
	if (limiter.tokens && limiter.tokens !== limiter.granted) {
		fact('tokens', number.format(limiter.tokens), 'taken by calls, less those that came back');
	}
	if (limiter.debt) {
		fact('debt', number.format(limiter.debt), 'tokens that were charged and are not there yet');
	}
	while (list.children.length > told.length) {
		list.lastElementChild.remove();
	}
	told.forEach(([name, value, title], index) => {
		let pair = list.children[index];
		if (!pair) {
			pair = element(list, 'div', '');
			element(pair, 'dt', '');
			element(pair, 'dd', '');
		}
		write(pair.firstElementChild, name);
		write(pair.lastElementChild, value);
		pair.lastElementChild.title = title;
	});
}

/** The list of limiters has the age of the oldest permit only; who holds is asked for when somebody wants to see it. */
function holders(details, limiter) {
	const oldest = limiter.oldestHeldSeconds || 0;
	details.hidden = oldest === 0;
	write(details.querySelector('summary'), `Oldest holders, for ${seconds(oldest)}`);
}

/** Which keys stand out is asked for when somebody wants to see it: it takes time by their number. */
function keys(details, shown) {
	const { known: count, max, overflowed } = shown.limiter.keys;
	details.hidden = !keyed(shown) && overflowed === 0;
	write(details.querySelector('summary'), `Keys: ${number.format(count)} of at most ${number.format(max)}`
		+ (overflowed > 0 ? `; ${number.format(overflowed)} calls of further keys shared one supply` : ''));
}

/** Asks for the holders and keys of a limiter where somebody has opened them. */
async function look(shown) {
	const [ofHolders, ofKeys] = shown.node.querySelectorAll('.holders, .keys');
	const open = (details) => details.open && !details.hidden;
	if (!shown.node.isConnected || !(open(ofHolders) || open(ofKeys))) {
		return;
	}
	try {
		const limiter = await ask(address(shown.limiter));
		const list = ofHolders.querySelector('ol');
		list.replaceChildren();
		for (const holder of (limiter.holders || []).slice(0, 10)) {
			const who = [holder.thread, holder.trace].filter(Boolean).join(', ');
			element(list, 'li', `${holder.what} for ${seconds(holder.ageSeconds)} (${who})`);
		}
		rows(ofKeys.querySelector('.busiest'), 'busiest', limiter.keys.busiest || []);
		rows(ofKeys.querySelector('.refusedmost'), 'most refused', limiter.keys.mostRefused || []);
	}
	catch (failure) {
		// The next look at all tells what is wrong.
	}
}

function rows(body, title, present) {
	body.replaceChildren();
	if (present.length === 0) {
		return;
	}
	const heading = element(element(body, 'tr', ''), 'th', title);
	heading.scope = 'rowgroup';
	heading.colSpan = 4;
	for (const one of present) {
		const row = element(body, 'tr', '');
		for (const value of [one.key, number.format(one.granted), number.format(one.refused), number.format(one.available)]) {
			element(row, 'td', value);
		}
	}
}

function values(details, limiter) {
	if (details.dataset.version === limiter.version) {
		return;
	}
	details.dataset.version = limiter.version;
	const body = details.querySelector('tbody');
	body.replaceChildren();
	for (const [name, value] of Object.entries(limiter.configuration)) {
		const row = element(body, 'tr', '');
		element(row, 'th', name).scope = 'row';
		element(row, 'td', String(value.value));
		element(row, 'td', value.source + (value.configured !== undefined && value.configured !== null ? `, configured: ${value.configured}` : '')
			+ (value.until ? `, until ${value.until}` : ''));
	}
	const uses = details.querySelector('.uses');
	uses.replaceChildren();
	for (const use of limiter.usedBy || []) {
		element(uses, 'li', `${use.type} ${use.name}`);
	}
}

// ---- What was before

/** What is drawn of a limiter: what it does, against what, and how that is called. */
function measure(shown) {
	const { limiter, past } = shown;
	if (limiter.kind === 'bulkhead' && !keyed(shown)) {
		return { what: 'in use', used: past.used, peak: past.peak, limit: past.limit };
	}
	if (limiter.kind === 'bulkhead') {
		return { what: 'let in/s', used: past.granted.map((value, index) => value + past.wouldRefuse[index]) };
	}
	const what = (limiter.tokens !== limiter.granted) ? 'tokens/s' : 'let in/s';
	return { what, used: past.used, limit: keyed(shown) ? undefined : past.limit };
}

/** A number that is easily read, and as large at least. */
function scale(...all) {
	const most = all.reduce((one, values) => values.reduce((a, b) => Math.max(a, b), one), 0);
	if (most === 0) {
		return 0;
	}
	const unit = 10 ** Math.floor(Math.log10(most));
	return unit * [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((step) => step * unit >= most - 1e-9);
}

function x(index, count) {
	return INTERVALS - count + index;
}

/** Each interval is as wide as it lasts. */
function steps(values, top) {
	const y = (value) => (100 - 94 * value / (top || 1)).toFixed(1);
	return values.map((value, index) => `${Math.max(0, x(index, values.length) - 1)},${y(value)} ${x(index, values.length)},${y(value)}`).join(' ');
}

function area(svg, className, values, top) {
	if (values.some((value) => value > 0)) {
		shape(svg, 'polygon', className, `${Math.max(0, INTERVALS - values.length - 1)},100 ${steps(values, top)} ${INTERVALS - 1},100`);
	}
}

function shape(svg, name, className, points) {
	const node = document.createElementNS(SVG, name);
	node.setAttribute('class', className);
	node.setAttribute('points', points);
	svg.append(node);
}

function use(svg, { used, peak, limit }, top) {
	area(svg, 'peak', peak || [], top);
	area(svg, 'area', used, top);
	if (limit && limit.length > 0) {
		shape(svg, 'polyline', 'limit', steps(limit, top));
	}
}

function spark(svg, shown) {
	const measured = measure(shown);
	svg.replaceChildren();
	use(svg, measured, scale(measured.used, measured.peak || [], measured.limit || []));
	area(svg, 'refused', shown.past.refused, 3 * scale(shown.past.refused));
}

function chart(shown) {
	const { node, past } = shown;
	const plot = node.querySelector('.chart');
	const count = past.used.length;
	if (shown.drawn !== known.last) {
		shown.drawn = known.last;
		const measured = measure(shown);
		const [ofUse, ofLine, ofRefusals] = plot.querySelectorAll('svg');
		const [useTop, lineTop, refusedTop] = [scale(measured.used, measured.peak || [], measured.limit || []),
			scale(past.waiting), scale(past.refused)];
		[ofUse, ofLine, ofRefusals].forEach((svg) => svg.replaceChildren());
		use(ofUse, measured, useTop);
		area(ofLine, 'waiting', past.waiting, lineTop);
		area(ofRefusals, 'refused', past.refused, refusedTop);
		write(plot.querySelector('.what'), measured.what);
		const tops = plot.querySelectorAll('.most');
		[useTop, lineTop, refusedTop].forEach((top, index) => write(tops[index], amount(top)));
		plot.setAttribute('aria-label', `${shown.limiter.name}, the last ten minutes`);
		plot.setAttribute('aria-valuemax', Math.max(0, count - 1));
	}
	read(shown, plot);
}

/** Tells the values of the interval at the cursor, or of the last one. */
function read(shown, plot) {
	const { past, node } = shown;
	const count = past.used.length;
	const reading = node.querySelector('.reading');
	const cursor = plot.querySelector('.cursor');
	if (count === 0) {
		cursor.hidden = true;
		write(reading, 'No interval has ended yet, or there are too many limiters to keep the history of all');
		plot.setAttribute('aria-valuenow', 0);
		plot.setAttribute('aria-valuetext', reading.textContent);
		return;
	}
	const index = Math.min(count - 1, Math.max(0, shown.cursor === null ? count - 1 : shown.cursor - (known.last - count + 1)));
	const back = count - 1 - index;
	cursor.hidden = shown.cursor === null;
	cursor.style.left = `${100 * (x(index, count) - 0.5) / (INTERVALS - 1)}%`;
	const measured = measure(shown);
	const parts = [];
	const at = clock.format(new Date(known.at - back * known.every * 1000));
	parts.push(['', at]);
	parts.push(['swatch', `${amount(measured.used[index])} ${measured.what}` + (measured.peak ? ' (mean)' : '')]);
	if (measured.peak) {
		parts.push(['swatch ofpeak', `peak ${amount(measured.peak[index])}`]);
	}
	if (measured.limit) {
		parts.push(['swatch oflimit', `limit ${amount(measured.limit[index])}` + (measured.what.endsWith('/s') ? '/s' : '')]);
	}
	parts.push(['swatch ofline', `${amount(past.waiting[index])} waiting`]);
	parts.push(['swatch ofrefusals', `${amount(past.refused[index])} refused/s`]);
	if (past.wouldRefuse[index] > 0) {
		parts.push(['', `${amount(past.wouldRefuse[index])} would be refused/s`]);
	}
	const text = parts.map(([, part]) => part).join(' ');
	// Told once for each interval, so that a screen reader does not repeat it as time passes.
	const told = `${known.last - back}: ${text}`;
	if (shown.told !== told) {
		shown.told = told;
		reading.replaceChildren();
		for (const [className, part] of parts) {
			element(reading, 'span', part, className);
			reading.append(' ');
		}
		plot.setAttribute('aria-valuenow', index);
		plot.setAttribute('aria-valuetext', `${back === 0 ? 'now' : ago(back)}: ${text}`);
	}
}

/** The value under the pointer, or under the arrow keys. */
function point(shown) {
	const plot = shown.node.querySelector('.chart');
	const over = plot.querySelector('.over');
	const first = () => known.last - shown.past.used.length + 1;
	const move = (interval) => {
		shown.cursor = (interval === null) ? null : Math.max(first(), Math.min(known.last, interval));
		read(shown, plot);
	};
	const follow = (event) => {
		const box = over.getBoundingClientRect();
		const place = Math.ceil((INTERVALS - 1) * (event.clientX - box.left) / box.width);
		move(known.last - (INTERVALS - 1) + place);
	};
	plot.addEventListener('pointermove', follow);
	plot.addEventListener('pointerdown', follow);
	plot.addEventListener('pointerleave', () => move(null));
	plot.addEventListener('focus', () => plot.matches(':focus-visible') && move(known.last));
	plot.addEventListener('blur', () => move(null));
	plot.addEventListener('keydown', (event) => {
		const now = shown.cursor === null ? known.last : shown.cursor;
		const minute = Math.round(60 / known.every);
		const to = { ArrowLeft: now - 1, ArrowDown: now - 1, ArrowRight: now + 1, ArrowUp: now + 1, PageDown: now - minute,
			PageUp: now + minute, Home: first(), End: known.last, Escape: null }[event.key];
		if (to !== undefined) {
			event.preventDefault();
			move(to);
		}
	});
}

/** Adds what is new; another history than the one that is known takes its place. */
function learn(history) {
	const anew = history.begun !== known.begun || history.last < known.last;
	known.begun = history.begun;
	known.last = history.last;
	known.at = Date.parse(history.at);
	known.every = history.everySeconds;
	for (const shown of entries.values()) {
		shown.news = null;
	}
	for (const one of history.limiters) {
		const shown = entries.get(one.kind + '/' + one.name);
		if (shown) {
			shown.news = one;
		}
	}
	for (const shown of entries.values()) {
		for (const name of VALUES) {
			const values = (anew ? [] : shown.past[name]).concat((shown.news && shown.news[name]) || []);
			shown.past[name] = values.slice(-INTERVALS);
		}
	}
	return anew;
}

async function remember() {
	const since = (known.begun === null) ? '' : `?since=${known.last}`;
	let history = await ask(`${endpoint}/history${since}`);
	if (known.begun !== null && history.begun !== known.begun) {
		history = await ask(`${endpoint}/history`);
	}
	learn(history);
}

function show() {
	const text = filter.value.trim().toLowerCase();
	for (const { node, row, limiter, trouble } of entries.values()) {
		const hidden = !limiter.name.toLowerCase().includes(text) || (busy.checked && trouble === FINE);
		row.hidden = hidden;
		node.hidden = hidden;
	}
}

async function ask(path) {
	const response = await fetch(path, { headers: { Accept: 'application/json' }, cache: 'no-store' });
	if (!response.ok) {
		throw new Error(response.status === 404
			? "the endpoint 'limiters' is not exposed: add it to management.endpoints.web.exposure.include"
			: `the endpoint 'limiters' answered ${response.status}`);
	}
	return response.json();
}

async function readAll() {
	const { limiters } = await ask(endpoint);
	const present = new Set(limiters.map(entry));
	for (const [key, shown] of entries) {
		if (!present.has(shown)) {
			shown.node.remove();
			shown.row.remove();
			entries.delete(key);
		}
	}
	if (performance.now() - known.asked >= known.every * 1000 - 100) {
		known.asked = performance.now();
		await remember();
	}
	for (const shown of entries.values()) {
		shown.trouble = trouble(shown);
	}
	if (dense === null) {
		lay(limiters.length >= DENSE);
	}
	order();
	for (const shown of entries.values()) {
		draw(shown);
		look(shown);
	}
	show();
	const count = (level) => [...entries.values()].filter((one) => one.trouble === level).length;
	state.classList.remove('failed');
	write(state, `${limiters.length} limiters, ${limiters.filter((one) => one.waiting > 0).length} with a line, ${count(REFUSES)} refusing`
		+ (count(OUTAGE) > 0 ? `, ${count(OUTAGE)} without their store` : ''));
}

async function refresh() {
	try {
		await readAll();
	}
	catch (failure) {
		state.classList.add('failed');
		write(state, `Cannot read: ${failure.message}`);
	}
}

async function tick() {
	if (!paused && !document.hidden) {
		await refresh();
	}
	setTimeout(tick, entries.size > MANY ? 2 * PERIOD : PERIOD);
}

async function send(limiter, method, body) {
	const headers = { Accept: 'application/json' };
	if (body) {
		headers['Content-Type'] = 'application/json';
	}
	const token = document.cookie.match(/(?:^|; )XSRF-TOKEN=([^;]*)/);
	if (token) {
		headers['X-XSRF-TOKEN'] = decodeURIComponent(token[1]);
	}
	const response = await fetch(address(limiter), { method, headers, body: body && JSON.stringify(body) });
	if (!response.ok) {
		const problem = await response.json().catch(() => ({}));
		throw new Error(problem.detail || `The answer was ${response.status}`);
	}
	await refresh();
}

const HINTS = { enforce: '0% refuses nobody and counts who would be; 100% holds for all', maxKeys: 'how many keys may have a supply of their own', max: '0 closes the gate', timeout: 'such as 500ms, 2s, 1m; 0 = do not wait', maxWaiting: 'a number, or unbounded',
	limit: 'the tokens of each period', burst: 'a number, or default', per: 'such as 1s, 1m, 1h', sliding: 'true: never more than the limit in any period; false' };

function edit(limiter) {
	edited = { limiter, inputs: new Map() };
	write(document.getElementById('editor-title'), `Change ${limiter.name}`);
	document.getElementById('problem').textContent = '';
	document.querySelector('#for input[value=""]').checked = true;
	const fields = document.getElementById('fields');
	fields.replaceChildren();
	for (const [name, value] of Object.entries(limiter.configuration)) {
		if (name === 'rate') {
			field(fields, 'limit', String(limiter.limit));
			field(fields, 'per', limiter.per);
		}
		else if (HINTS[name]) {
			// What else there is, such as plans, stands in the configuration only.
			field(fields, name, String(value.value));
		}
	}
	editor.showModal();
}

function field(fields, name, value) {
	const label = element(fields, 'label', '');
	element(label, 'span', name);
	const input = element(label, 'input', '');
	input.name = name;
	input.value = value;
	input.autocomplete = 'off';
	if (HINTS[name]) {
		const hint = element(label, 'small', HINTS[name]);
		hint.id = 'hint-' + name;
		input.setAttribute('aria-describedby', hint.id);
	}
	edited.inputs.set(name, { input, before: value });
}

async function apply() {
	const body = {};
	for (const [name, { input, before }] of edited.inputs) {
		if (input.value.trim() !== before) {
			body[name] = input.value.trim();
		}
	}
	const until = document.querySelector('#for input:checked').value;
	if (until) {
		body.for = until;
	}
	body.version = edited.limiter.version;
	try {
		await send(edited.limiter, 'POST', body);
		editor.close();
	}
	catch (failure) {
		write(document.getElementById('problem'), failure.message);
	}
}

async function undo(limiter) {
	try {
		await send(limiter, 'DELETE');
	}
	catch (failure) {
		state.classList.add('failed');
		write(state, `Cannot undo: ${failure.message}`);
	}
}

editor.querySelector('form').addEventListener('submit', (event) => {
	event.preventDefault();
	apply();
});
document.getElementById('cancel').addEventListener('click', () => editor.close());
document.getElementById('pause').addEventListener('click', (event) => {
	paused = !paused;
	event.currentTarget.setAttribute('aria-pressed', String(paused));
});
view.addEventListener('click', () => {
	lay(!dense);
	entries.forEach(draw);
	show();
});
for (const kind of ['pointermove', 'pointerdown', 'wheel', 'keydown']) {
	document.querySelector('main').addEventListener(kind, () => touched = performance.now(), { passive: true });
}
touched = -AT_REST;
filter.addEventListener('input', show);
busy.addEventListener('change', show);
tick();
