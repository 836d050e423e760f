// The room of one show: connects what the gateway says to what the page shows.
import { loader, post, put, serverNow } from '/rest.js';
import { Chat } from '/chat.js';
import { Rooms } from '/rooms.js';
import { Shop } from '/shop.js';
import { $, calm, count, duration, tone, won } from '/ui.js';

const LIMIT = 500;
const UNDER_WAY = 20; // messages typed and not yet accepted
const KEEP_EVENTS = 1000;
const SLEPT = 30_000;
const PLAYERS = 5_000; // how often the host's page asks for their number

const key = location.pathname.replace(/\/+$/, '').split('/').pop();
const [streamRoom, shopRoom, chatRoom] = [`stream:${key}`, `shop:${key}`, `chat:${key}`];

// ---- The stage

const stage = $('stage');
let startedAt = NaN;
let run; // the way of the viewer count from one number to another
let drawn = 0;
let drawing = false;

function showState(state, title) {
  stage.dataset.state = state;
  const live = state === 'live';
  $('badge').textContent = { live: 'Live', soon: 'Soon', ended: 'Ended', off: 'Off air' }[state] ?? '';
  $('badge').className = `badge ${live ? 'live' : ''}`;
  if (title) $('title').textContent = title;
  document.title = `${live ? '● ' : ''}${$('title').textContent || 'No show'} · Dorami`;
  const [curtainTitle, curtainText] = {
    ended: ['This show has ended', `Thank you for watching ${$('title').textContent}.`],
    off: ['Not on air', 'This show is not live. The page turns live by itself when it starts.'],
    soon: ['Starting soon', `${$('title').textContent}. Stay here: the page turns live by itself.`],
    unknown: ['No such show', 'The address is not one of a show.'],
  }[state] ?? ['', ''];
  $('curtain-title').textContent = curtainTitle;
  $('curtain-text').textContent = curtainText;
  $('curtain').hidden = !curtainTitle;
  $('viewers').hidden = !live;
  tick();
}

function tick() {
  const running = stage.dataset.state === 'live' && !Number.isNaN(startedAt);
  $('elapsed').hidden = !running;
  if (running) $('elapsed').textContent = duration(serverNow() - startedAt);
}

/** Runs the number from what is shown to what is true, within half a second. */
function showViewers(number) {
  if (!Number.isFinite(number)) return;
  run = { from: drawn, to: number, begin: performance.now() };
  if (!drawing) requestAnimationFrame(draw);
  drawing = true;
}

function draw(now) {
  const part = calm() ? 1 : Math.min(1, Math.max(0, now - run.begin) / 500);
  drawn = Math.round(run.from + (run.to - run.from) * (1 - (1 - part) ** 3));
  $('viewer-count').textContent = count(drawn);
  drawing = part < 1;
  if (drawing) requestAnimationFrame(draw);
}

let toastTimer = 0;
function toast(text) {
  $('toast').textContent = text;
  $('toast').classList.add('shown');
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => {
    $('toast').classList.remove('shown');
  }, 4000);
}

const loadStatus = loader(`/api/streaming/key/${key}/status`, (status) => {
  if (told) return;
  host = status.host?.id ?? '';
  showHost();
  startedAt = Date.parse(status.startedAt);
  // Who saw the show knows that it ended; who came later only that it is not on.
  const seen = stage.dataset.state === 'live' || stage.dataset.state === 'ended';
  showState({ LIVE: 'live', PENDING: 'soon' }[status.status] ?? (seen ? 'ended' : 'off'), status.title || key);
  if (!counted) showViewers(status.viewerCount);
}, () => {});
let counted = false; // The room's own count is newer than the status,
let told = false; // and so is what it said of the show while the status was on its way.

// ---- What only the host sees

let host = '';
let asking = 0;
const hosting = () => chat.me !== '' && chat.me === host;

/** The picture's players, beside the people in the room whom everybody sees. */
const loadPlayers = loader(`/api/viewers/${key}`, ({ media }) => {
  $('players').textContent = `${count(media ?? 0)} playing`;
  $('players').hidden = !hosting();
}, () => {});

function showHost() {
  shop.host(hosting());
  clearInterval(asking);
  $('players').hidden = true;
  if (!hosting()) return;
  loadPlayers();
  asking = setInterval(() => document.hidden || loadPlayers(), PLAYERS);
}

async function pin(product) {
  try {
    if (product) await put('POST', `/api/streaming/${key}/featured-product`, { productId: product.id });
    else await put('PATCH', `/api/streaming/${key}/featured-product/clear`, {});
  } catch (failure) {
    toast(failure.message);
  }
}

// ---- The products

const shop = new Shop($('products'), (size) => {
  $('product-count').textContent = size ? count(size) : '';
  $('shop-note').hidden = size > 0;
}, buy, pin);
let loading = true;
let held = []; // product events that arrive while the list is on its way

const loadProducts = loader(`/api/products?streamKey=${key}&take=100`, (products) => {
  loading = false;
  $('shop-note').textContent = 'No products in this show yet.';
  shop.load(products);
  for (const frame of held.splice(0)) productEvent(frame);
}, (failure) => {
  $('shop-note').textContent = `The products cannot be loaded (${failure.message}).`;
});

const loadFeatured = loader(`/api/streaming/key/${key}/featured-product`, ({ product }) => {
  if (!pinned) shop.feature(product);
}, () => {});
let pinned = false; // What the room said of it since is newer.

/** Holds one and orders it; paying is the platform's part. */
async function buy(product) {
  if (!chat.me) return location.assign(signInLink('').href);
  try {
    const held = await post('/api/reservations', { productId: product.id, quantity: 1 }, newId());
    const order = await post(`/api/reservations/${held.id}/confirm`, {}, newId());
    toast(`Ordered: ${order.productName}, ${won(order.totalPrice)} (${order.id})`);
  } catch (failure) {
    toast(failure.message);
  }
}

function productEvent(frame) {
  const { event, data } = frame;
  if (loading) {
    if (held.length < KEEP_EVENTS) held.push(frame);
    return;
  }
  if (event === 'live:product:deleted') shop.delete(data.productId);
  else if (event === 'live:product:soldout') {
    shop.soldOut(data.productId);
    if (shop.name(data.productId)) toast(`Sold out: ${shop.name(data.productId)}`);
  } else if (event === 'stream:featured-product:updated') {
    pinned = true;
    shop.feature(data.product);
  } else if (event === 'product:low-stock') toast(`Only ${data.remainingStock} left: ${data.productName}`);
  else shop.put(data);
}

/** After a join, and not before: whatever changes from then on arrives as an event. */
function load() {
  clearTimeout(impatience);
  loading = true;
  told = false;
  pinned = false;
  loadStatus();
  loadProducts();
  loadFeatured();
}

// ---- The chat

const chat = new Chat($('log'), $('newer'));
let underWay = 0;

function chatNote(text, link) {
  $('chat-note').replaceChildren(text);
  if (link) $('chat-note').append(link);
  $('chat-note').hidden = !text && !link;
}

function signInLink(text) {
  const link = document.createElement('a');
  link.className = 'button';
  link.href = `/sign-in.html?next=/live/${key}`;
  link.textContent = text;
  return link;
}

async function send(message, clientMessageId) {
  chat.pending(clientMessageId, message);
  underWay++;
  try {
    const { messageId, timestamp } = await rooms.send(chatRoom, message, clientMessageId);
    chat.confirm(clientMessageId, messageId, timestamp);
  } catch (refusal) {
    const again = refusal.retryable || refusal.errorCode === 'NOT_A_MEMBER';
    const reason = refusal.errorCode === 'RATE_LIMIT_EXCEEDED' ? 'Too fast, take a breath.' : `Not sent: ${refusal.message}.`;
    // The same clientMessageId: had the message arrived after all, it is still one message.
    chat.fail(clientMessageId, reason.replace(/\.\.$/, '.'), again && (() => send(message, clientMessageId)));
  } finally {
    underWay--;
  }
}

// randomUUID exists on https and localhost only, and a phone in the same network is neither.
const newId = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('-');

function showLength() {
  const { length } = $('message').value;
  $('counter').textContent = `${length}/${LIMIT}`;
  $('counter').classList.toggle('near', length >= LIMIT - 50);
}

$('message').addEventListener('input', showLength);
$('composer').addEventListener('submit', (event) => {
  event.preventDefault();
  const message = $('message').value.trim().slice(0, LIMIT);
  if (!message) return;
  if (underWay >= UNDER_WAY) return toast('Your last messages are still on their way.');
  $('message').value = '';
  showLength();
  send(message, newId());
});

// ---- The connection

function showConnection(state, refusal) {
  stage.parentElement.dataset.connection = state;
  const expired = refusal?.errorCode === 'UNAUTHORIZED';
  $('connection').textContent = {
    reconnecting: 'Reconnecting…',
    refused: expired ? 'Signed out' : refusal?.message,
  }[state] ?? '';
  if (state === 'refused') {
    $('composer').hidden = true;
    if (expired) $('account').textContent = 'Sign in';
    chatNote(expired ? 'Your sign-in is no longer valid.' : refusal.message, expired && signInLink('Sign in again'));
  }
}

function welcome({ authenticated, userId }) {
  chat.me = authenticated ? userId : '';
  $('composer').hidden = !authenticated;
  $('account').textContent = authenticated ? `Signed in as ${userId}` : 'Sign in';
  $('account').title = authenticated ? 'Be somebody else' : '';
  $('account').href = signInLink('').href;
  showHost();
  if (authenticated) chatNote('');
  else chatNote('Chat is for members.', signInLink('Sign in to chat'));
}

function receive({ event, data }) {
  switch (event) {
    case 'welcome': return welcome(data);
    case 'chat:history': return chat.history(data.messages);
    case 'chat:message': return chat.add(data);
    case 'chat:message-deleted': return chat.delete(data.messageId);
    case 'stream:viewer:update': // Whoever joins gets one too; its success may carry an older count.
      counted = true;
      return showViewers(data.viewerCount);
    case 'stream:started':
      told = true;
      startedAt = Date.parse(data.timestamp);
      return showState('live', data.title);
    case 'stream:ended':
      told = true;
      return showState('ended');
    case 'live:product:added':
    case 'live:product:updated':
    case 'live:product:soldout':
    case 'live:product:deleted':
    case 'stream:featured-product:updated':
    case 'product:low-stock': return productEvent({ event, data });
    case 'order:purchase:notification': return toast(data.message);
    default: // Version 1 gets new events; what is not known is not ours.
  }
}

let rooms;
let impatience;
stage.dataset.tone = tone(key);

if (/^[A-Za-z0-9_-]{1,64}$/.test(key)) {
  $('title').textContent = key;
  // A connection that is slow to come up must not keep the page empty.
  impatience = setTimeout(load, 2000);
  setInterval(tick, 1000);
  rooms = new Rooms([streamRoom, shopRoom, chatRoom], {
    state: showConnection,
    event: receive,
    joined: (room) => room === shopRoom && load(),
    joinRefused: (room, refusal) => room === chatRoom && chatNote(`The chat is closed to you: ${refusal.message}`),
  });
  let hiddenSince = 0;
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) hiddenSince = Date.now();
    else if (Date.now() - hiddenSince > SLEPT) rooms.check();
  });
} else {
  showState('unknown');
  $('shop-note').textContent = '';
  chatNote('');
}
