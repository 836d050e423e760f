// The page of one show: connects the gateway's events to the page's parts.
import { loader, put, serverNow } from '/rest.js';
import { Cart } from '/cart.js';
import { Chat } from '/chat.js';
import { Rooms } from '/rooms.js';
import { Shop } from '/shop.js';
import { $, count, duration, isMotionReduced, newId, tone } from '/ui.js';

const MAX_MESSAGE_LENGTH = 500;
const MAX_PENDING_MESSAGES = 20; // sent and not yet accepted
const MAX_BUFFERED_EVENTS = 1000;
const CONNECTION_CHECK_AFTER_MS = 30_000; // time hidden after which the connection may be dead
const PLAYERS_REFRESH_MS = 5_000; // interval of the host's player count

const key = location.pathname.replace(/\/+$/, '').split('/').pop();
const [streamRoom, shopRoom, chatRoom] = [`stream:${key}`, `shop:${key}`, `chat:${key}`];

// ---- The stage

const stage = $('stage');
let startedAt = NaN;
let transition; // the animation of the viewer count from one number to another
let shownViewers = 0;
let isAnimating = false;

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

/** Animates the viewer count from the shown to the current number, within half a second. */
function showViewers(number) {
  if (!Number.isFinite(number)) return;
  transition = { from: shownViewers, to: number, begin: performance.now() };
  if (!isAnimating) requestAnimationFrame(draw);
  isAnimating = true;
}

function draw(now) {
  const progress = isMotionReduced() ? 1 : Math.min(1, Math.max(0, now - transition.begin) / 500);
  shownViewers = Math.round(transition.from + (transition.to - transition.from) * (1 - (1 - progress) ** 3));
  $('viewer-count').textContent = count(shownViewers);
  isAnimating = progress < 1;
  if (isAnimating) requestAnimationFrame(draw);
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
  if (hasRoomState) return;
  hostId = status.host?.id ?? '';
  showHost();
  startedAt = Date.parse(status.startedAt);
  // A viewer who saw the show sees that it has ended; a later one only that it is off air.
  const wasSeen = stage.dataset.state === 'live' || stage.dataset.state === 'ended';
  showState({ LIVE: 'live', PENDING: 'soon' }[status.status] ?? (wasSeen ? 'ended' : 'off'), status.title || key);
  if (!hasRoomCount) showViewers(status.viewerCount);
}, () => {});
let hasRoomCount = false; // a count from the room is newer than the status
let hasRoomState = false; // a state from the room while the status loaded is newer, too

// ---- The host's view

let hostId = '';
let playersTimer = 0;
const isHost = () => chat.userId !== '' && chat.userId === hostId;

/**
 * The number of the stream's players. All viewers see the number of people in the room; only the host sees this one.
 */
const loadPlayers = loader(`/api/viewers/${key}`, ({ media }) => {
  $('players').textContent = `${count(media ?? 0)} playing`;
  $('players').hidden = !isHost();
}, () => {});

function showHost() {
  shop.setHost(isHost());
  clearInterval(playersTimer);
  $('players').hidden = true;
  if (!isHost()) return;
  loadPlayers();
  playersTimer = setInterval(() => document.hidden || loadPlayers(), PLAYERS_REFRESH_MS);
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
}, (choice) => cart.purchaseOf(choice), buy, pin);
let isLoadingProducts = true;
let bufferedEvents = []; // product events that arrive while the list loads

const loadProducts = loader(`/api/products?streamKey=${key}&take=100`, (products) => {
  isLoadingProducts = false;
  $('shop-note').textContent = 'No products in this show yet.';
  shop.load(products);
  for (const frame of bufferedEvents.splice(0)) productEvent(frame);
}, (failure) => {
  $('shop-note').textContent = `The products cannot be loaded (${failure.message}).`;
});

const loadFeatured = loader(`/api/streaming/key/${key}/featured-product`, ({ product }) => {
  if (!hasRoomPin) shop.feature(product);
}, () => {});
let hasRoomPin = false; // a pin from the room while the product loaded is newer

function buy(action, choice) {
  if (chat.userId) cart[action](choice);
  else location.assign(signInLink('').href);
}

function productEvent(frame) {
  const { event, data } = frame;
  if (isLoadingProducts) {
    if (bufferedEvents.length < MAX_BUFFERED_EVENTS) bufferedEvents.push(frame);
    return;
  }
  if (event === 'live:product:deleted') shop.delete(data.productId);
  else if (event === 'live:product:soldout') {
    shop.soldOut(data.productId);
    if (shop.name(data.productId)) toast(`Sold out: ${shop.name(data.productId)}`);
  } else if (event === 'stream:featured-product:updated') {
    hasRoomPin = true;
    shop.feature(data.product);
  } else if (event === 'product:low-stock') toast(`Only ${data.remainingStock} left: ${data.productName}`);
  else shop.put(data);
}

/** Loads the state after a join, not before: every later change arrives as an event. */
function load() {
  clearTimeout(loadTimer);
  isLoadingProducts = true;
  hasRoomState = false;
  hasRoomPin = false;
  loadStatus();
  loadProducts();
  loadFeatured();
}

// ---- The cart

const cart = new Cart({ changed: () => shop.showPurchases(), toast });

// ---- The chat

const chat = new Chat($('log'), $('newer'));
let pendingMessages = 0;

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
  pendingMessages++;
  try {
    const { messageId, timestamp } = await rooms.send(chatRoom, message, clientMessageId);
    chat.confirm(clientMessageId, messageId, timestamp);
  } catch (error) {
    const isRetryable = error.retryable || error.errorCode === 'NOT_A_MEMBER';
    const reason = error.errorCode === 'RATE_LIMIT_EXCEEDED' ? 'Too fast, take a breath.' : `Not sent: ${error.message}.`;
    // The same clientMessageId: if the message did arrive, the retry is still the same message.
    chat.fail(clientMessageId, reason.replace(/\.\.$/, '.'), isRetryable && (() => send(message, clientMessageId)));
  } finally {
    pendingMessages--;
  }
}

function showLength() {
  const { length } = $('message').value;
  $('counter').textContent = `${length}/${MAX_MESSAGE_LENGTH}`;
  $('counter').classList.toggle('near', length >= MAX_MESSAGE_LENGTH - 50);
}

$('message').addEventListener('input', showLength);
$('composer').addEventListener('submit', (event) => {
  event.preventDefault();
  const message = $('message').value.trim().slice(0, MAX_MESSAGE_LENGTH);
  if (!message) return;
  if (pendingMessages >= MAX_PENDING_MESSAGES) return toast('Your last messages are still on their way.');
  $('message').value = '';
  showLength();
  send(message, newId());
});

// ---- The connection

function showConnection(state, error) {
  stage.parentElement.dataset.connection = state;
  const isExpired = error?.errorCode === 'UNAUTHORIZED';
  $('connection').textContent = {
    reconnecting: 'Reconnecting…',
    refused: isExpired ? 'Signed out' : error?.message,
  }[state] ?? '';
  if (state === 'refused') {
    $('composer').hidden = true;
    if (isExpired) $('account').textContent = 'Sign in';
    chatNote(isExpired ? 'Your sign-in is no longer valid.' : error.message, isExpired && signInLink('Sign in again'));
  }
}

function welcome({ authenticated, userId }) {
  chat.userId = authenticated ? userId : '';
  $('composer').hidden = !authenticated;
  $('account').textContent = authenticated ? `Signed in as ${userId}` : 'Sign in';
  $('account').title = authenticated ? 'Sign in as another user' : '';
  $('account').href = signInLink('').href;
  showHost();
  cart.setSignedIn(authenticated);
  if (authenticated) chatNote('');
  else chatNote('Chat is for members.', signInLink('Sign in to chat'));
}

function receive({ event, data }) {
  switch (event) {
    case 'welcome': return welcome(data);
    case 'chat:history': return chat.history(data.messages);
    case 'chat:message': return chat.add(data);
    case 'chat:message-deleted': return chat.delete(data.messageId);
    case 'stream:viewer:update': // sent on a join, too; the join's success may carry an older count
      hasRoomCount = true;
      return showViewers(data.viewerCount);
    case 'stream:started':
      hasRoomState = true;
      startedAt = Date.parse(data.timestamp);
      return showState('live', data.title);
    case 'stream:ended':
      hasRoomState = true;
      return showState('ended');
    case 'live:product:added':
    case 'live:product:updated':
    case 'live:product:soldout':
    case 'live:product:deleted':
    case 'stream:featured-product:updated':
    case 'product:low-stock': return productEvent({ event, data });
    case 'order:purchase:notification': return toast(data.message);
    case 'reservation:promoted': return cart.promoted(data);
    default: // version 1 gets new events; unknown ones are ignored
  }
}

let rooms;
let loadTimer;
stage.dataset.tone = tone(key);

if (/^[A-Za-z0-9_-]{1,64}$/.test(key)) {
  $('title').textContent = key;
  // Loads the page's data even if the connection is slow to open.
  loadTimer = setTimeout(load, 2000);
  setInterval(() => {
    tick();
    cart.tick();
  }, 1000);
  rooms = new Rooms([streamRoom, shopRoom, chatRoom], {
    state: showConnection,
    event: receive,
    joined: (room) => room === shopRoom && load(),
    joinRejected: (room, error) => room === chatRoom && chatNote(`The chat is closed to you: ${error.message}`),
  });
  let hiddenSince = 0;
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) hiddenSince = Date.now();
    else if (Date.now() - hiddenSince > CONNECTION_CHECK_AFTER_MS) rooms.check();
  });
} else {
  showState('unknown');
  $('shop-note').textContent = '';
  chatNote('');
}
