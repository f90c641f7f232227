'use strict';
// What the endpoint says is shown as text only, never as markup.
const KEPT = 300;
const SHOWN_AT_FIRST = 60;
const PERIOD = 1000;
const SVG = 'http://www.w3.org/2000/svg';
const endpoint = document.body.dataset.limiters;
const writable = document.body.dataset.writable === 'true';
const state = document.getElementById('state');
const main = document.getElementById('limiters');
const filter = document.getElementById('filter');
const busy = document.getElementById('busy');
const editor = document.getElementById('editor');
const cards = new Map();
let paused = false;
let edited = null;

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const fraction = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 });

function element(parent, name, text, className) {
	const child = document.createElement(name);
	child.textContent = text;
	if (className) {
		child.className = className;
	}
	parent.append(child);
	return child;
}

function seconds(value) {
	if (value === 0) {
		return '0';
	}
	return (value < 1) ? number.format(value * 1000) + ' ms' : number.format(value) + ' s';
}

function address(limiter) {
	return `${endpoint}/${limiter.kind}/${encodeURIComponent(limiter.name)}`;
}

function card(limiter) {
	const key = limiter.kind + '/' + limiter.name;
	let found = cards.get(key);
	if (!found) {
		const node = document.getElementById('card').content.firstElementChild.cloneNode(true);
		node.id = key;
		node.querySelector('h2').textContent = limiter.name;
		node.querySelector('.kind').textContent = (limiter.kind === 'bulkhead') ? 'bulkhead' : 'rate limit';
		node.querySelector('.change').addEventListener('click', () => edit(found.limiter));
		node.querySelector('.undo').addEventListener('click', () => undo(found.limiter));
		const details = node.querySelector('.holders');
		details.addEventListener('toggle', () => holders(details, found.limiter));
		const ofKeys = node.querySelector('.keys');
		ofKeys.addEventListener('toggle', () => keys(ofKeys, found.limiter));
		found = { node, samples: [] };
		cards.set(key, found);
		main.append(node);
	}
	found.limiter = limiter;
	return found;
}

/** Adds what happened since the last look, per second. */
function sample(shown) {
	const limiter = shown.limiter;
	const now = performance.now();
	const before = shown.before;
	shown.before = { now, granted: limiter.granted, refused: limiter.refused.total, wouldRefuse: limiter.wouldRefuse };
	if (!before) {
		return;
	}
	const elapsed = (now - before.now) / 1000;
	const granted = Math.max(0, limiter.granted - before.granted) / elapsed;
	const refused = Math.max(0, limiter.refused.total - before.refused) / elapsed;
	const bulkhead = limiter.kind === 'bulkhead';
	const wouldRefuse = Math.max(0, limiter.wouldRefuse - before.wouldRefuse) / elapsed;
	shown.samples.push({ used: bulkhead ? limiter.inUse : granted + wouldRefuse, granted, refused, wouldRefuse,
		limit: bulkhead ? limiter.limit : limiter.ratePerSecond });
	if (shown.samples.length > KEPT) {
		shown.samples.shift();
	}
}

function draw(shown) {
	const { limiter, node, samples } = shown;
	const last = samples[samples.length - 1];
	const bulkhead = limiter.kind === 'bulkhead';
	const level = bulkhead ? limiter.inUse : Math.max(0, limiter.burst - limiter.available);
	const most = bulkhead ? limiter.limit : limiter.burst;
	const closed = bulkhead && most === 0;
	const full = !closed && level >= most;
	node.classList.toggle('full', full);
	node.classList.toggle('closed', closed);
	node.querySelector('.badge').textContent = badge(closed, full, bulkhead, limiter.waiting > 0);
	const meter = node.querySelector('.meter');
	meter.setAttribute('aria-valuemax', most);
	meter.setAttribute('aria-valuenow', Math.min(level, most));
	meter.setAttribute('aria-label', bulkhead ? 'Permits in use' : 'Tokens taken from the bucket');
	meter.firstElementChild.style.width = (most > 0 ? Math.min(100, 100 * level / most) : 100) + '%';
	const rate = last ? number.format(last.granted) + ' per second' : '…';
	node.querySelector('.now').textContent = bulkhead
		? `${level} of ${most} in use, ${limiter.waiting} waiting, ${rate}`
		: `${rate} of ${pace(limiter)}, ${limiter.available} of ${most} tokens left, ${limiter.waiting} waiting`;
	node.querySelector('.used').textContent = bulkhead ? 'in use, against the limit' : 'let in per second, against the rate';
	chart(node.querySelector('.chart'), samples);
	pauses(node.querySelector('.pauses'), limiter.pauses || []);
	shadow(node, limiter, last);
	facts(node.querySelector('.facts'), limiter, last);
	holders(node.querySelector('.holders'), limiter);
	keys(node.querySelector('.keys'), limiter);
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

function amount(value) {
	return (value > 0 && value < 1 ? fraction : number).format(value);
}

function pauses(line, present) {
	line.hidden = present.length === 0;
	line.textContent = present.map((pause) => `client ${pause.client}: `
		+ (pause.pausedSeconds > 0 ? `its server said stop, for ${seconds(pause.pausedSeconds)} more`
			: `back to its old pace in ${seconds(pause.restoringSeconds)}`)).join('; ');
}

/** Whether the limit holds for all; if not, nobody may take it for one that does. */
function shadow(node, limiter, last) {
	const line = node.querySelector('.shadow');
	const enforced = limiter.enforce >= 100;
	node.classList.toggle('unenforced', !enforced);
	line.hidden = enforced;
	const rate = last && last.wouldRefuse > 0 ? ` (${number.format(last.wouldRefuse)} per second)` : '';
	line.textContent = (limiter.enforce === 0 ? 'Shadow mode: nobody is refused' : `Holds for ${limiter.enforce}% of the calls beyond it`)
		+ `; ${number.format(limiter.wouldRefuse)} let in that it would have refused${rate}`;
}

function badge(closed, full, bulkhead, line) {
	if (closed) {
		return 'closed';
	}
	const text = !full ? '' : bulkhead ? 'full' : 'no token left';
	return (text && line) ? text + ', with a line' : line ? 'with a line' : text;
}

function chart(svg, samples) {
	const top = 1.15 * Math.max(1, ...samples.map((one) => Math.max(one.used, one.limit, one.refused)));
	const places = Math.max(SHOWN_AT_FIRST, samples.length);
	const x = (index) => 300 - 300 * (samples.length - 1 - index) / (places - 1);
	const y = (value) => 80 - 80 * value / top;
	const line = (value) => samples.map((one, index) => `${x(index).toFixed(1)},${y(value(one)).toFixed(1)}`).join(' ');
	svg.replaceChildren();
	const last = samples[samples.length - 1];
	svg.setAttribute('aria-label', last ? `The last ${samples.length} seconds: now ${number.format(last.used)} of ${amount(last.limit)}`
		+ `, ${number.format(last.refused)} refused per second` : 'No samples yet');
	if (samples.length < 2) {
		return;
	}
	shape(svg, 'polygon', 'area', `${x(0)},80 ${line((one) => one.used)} 300,80`);
	shape(svg, 'polyline', 'limit', line((one) => one.limit));
	if (samples.some((one) => one.refused > 0)) {
		shape(svg, 'polyline', 'refused', line((one) => one.refused));
	}
}

function shape(svg, name, className, points) {
	const node = document.createElementNS(SVG, name);
	node.setAttribute('class', className);
	node.setAttribute('points', points);
	svg.append(node);
}

function facts(list, limiter, last) {
	list.replaceChildren();
	const fact = (name, value, title) => {
		const pair = element(list, 'div', '');
		element(pair, 'dt', name);
		element(pair, 'dd', value).title = title || '';
	};
	const reasons = Object.entries(limiter.refused.byReason).filter(([, count]) => count > 0)
		.map(([reason, count]) => `${reason} ${count}`).join(', ');
	fact('granted', number.format(limiter.granted));
	fact('refused', number.format(limiter.refused.total) + (last && last.refused > 0 ? ` (${number.format(last.refused)}/s)` : ''), reasons);
	fact('mean wait', seconds(limiter.waited.meanSeconds), `of ${limiter.waited.count} calls that waited`);
	if (limiter.wouldRefuse > 0) {
		fact('would refuse', number.format(limiter.wouldRefuse) + (last && last.wouldRefuse > 0 ? ` (${number.format(last.wouldRefuse)}/s)` : ''),
			'let in, as the limit did not hold for them');
	}
	if (limiter.tokens && limiter.tokens !== limiter.granted) {
		fact('tokens', number.format(limiter.tokens), 'taken by calls, less those that came back');
	}
	if (limiter.debt) {
		fact('debt', number.format(limiter.debt), 'tokens that were charged and are not there yet');
	}
	if (limiter.held) {
		fact('mean hold', seconds(limiter.held.meanSeconds));
	}
}

/** The list of limiters has the age of the oldest permit only; who holds is asked for when somebody wants to see it. */
function holders(details, limiter) {
	const oldest = limiter.oldestHeldSeconds || 0;
	details.hidden = oldest === 0;
	details.querySelector('summary').textContent = `Oldest holders, for ${seconds(oldest)}`;
	if (details.open && !details.hidden) {
		listHolders(details.querySelector('ol'), limiter).catch(() => { /* The next look tells what is wrong. */ });
	}
}

async function listHolders(list, limiter) {
	const response = await fetch(address(limiter), { headers: { Accept: 'application/json' }, cache: 'no-store' });
	if (!response.ok) {
		return;
	}
	const present = (await response.json()).holders || [];
	list.replaceChildren();
	for (const holder of present.slice(0, 10)) {
		const who = [holder.thread, holder.trace].filter(Boolean).join(', ');
		element(list, 'li', `${holder.what} for ${seconds(holder.ageSeconds)} (${who})`);
	}
}

/** Which keys stand out is asked for when somebody wants to see it: it takes time by their number. */
function keys(details, limiter) {
	const { known, max, overflowed } = limiter.keys;
	details.hidden = known === 0 && overflowed === 0;
	details.querySelector('summary').textContent = `Keys: ${number.format(known)} of at most ${number.format(max)}`
		+ (overflowed > 0 ? `; ${number.format(overflowed)} calls of further keys shared one supply` : '');
	if (details.open && !details.hidden) {
		listKeys(details, limiter).catch(() => { /* The next look tells what is wrong. */ });
	}
}

async function listKeys(details, limiter) {
	const response = await fetch(address(limiter), { headers: { Accept: 'application/json' }, cache: 'no-store' });
	if (!response.ok) {
		return;
	}
	const present = (await response.json()).keys;
	rows(details.querySelector('.busiest'), 'busiest', present.busiest || []);
	rows(details.querySelector('.refusedmost'), 'most refused', present.mostRefused || []);
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

function show() {
	const text = filter.value.trim().toLowerCase();
	for (const { node, limiter, samples } of cards.values()) {
		const recent = samples.slice(-60).some((one) => one.refused > 0 || one.wouldRefuse > 0);
		node.hidden = !limiter.name.toLowerCase().includes(text) || (busy.checked && limiter.waiting === 0 && !recent);
	}
}

async function read() {
	const response = await fetch(endpoint, { headers: { Accept: 'application/json' }, cache: 'no-store' });
	if (!response.ok) {
		throw new Error(response.status === 404
			? "the endpoint 'limiters' is not exposed: add it to management.endpoints.web.exposure.include"
			: `the endpoint 'limiters' answered ${response.status}`);
	}
	const limiters = (await response.json()).limiters;
	const present = new Set();
	for (const limiter of limiters) {
		const shown = card(limiter);
		present.add(shown);
		sample(shown);
		draw(shown);
	}
	for (const [key, shown] of cards) {
		if (!present.has(shown)) {
			shown.node.remove();
			cards.delete(key);
		}
	}
	show();
	const full = limiters.filter((one) => one.waiting > 0).length;
	state.classList.remove('failed');
	state.textContent = `${limiters.length} limiters, ${full} with a line`;
}

async function refresh() {
	try {
		await read();
	}
	catch (failure) {
		state.classList.add('failed');
		state.textContent = `Cannot read: ${failure.message}`;
	}
}

async function tick() {
	if (!paused && !document.hidden) {
		await refresh();
	}
	setTimeout(tick, PERIOD);
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
	burst: 'a number, or default', per: 'such as 1s, 1m, 1h', sliding: 'true: never more than the limit in any period; false', for: 'such as 10m; empty = until it is undone' };

function edit(limiter) {
	edited = { limiter, inputs: new Map() };
	document.getElementById('editor-title').textContent = `Change ${limiter.name}`;
	document.getElementById('problem').textContent = '';
	const fields = document.getElementById('fields');
	fields.replaceChildren();
	for (const [name, value] of Object.entries(limiter.configuration)) {
		// Plans stand in the configuration only.
		if (name !== 'plans') {
			field(fields, name, String(value.value));
		}
	}
	field(fields, 'for', '');
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
	body.version = edited.limiter.version;
	try {
		await send(edited.limiter, 'POST', body);
		editor.close();
	}
	catch (failure) {
		document.getElementById('problem').textContent = failure.message;
	}
}

async function undo(limiter) {
	try {
		await send(limiter, 'DELETE');
	}
	catch (failure) {
		state.classList.add('failed');
		state.textContent = `Cannot undo: ${failure.message}`;
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
filter.addEventListener('input', show);
busy.addEventListener('change', show);
tick();
