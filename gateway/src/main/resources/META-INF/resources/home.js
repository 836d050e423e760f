// The front page: live and upcoming shows.
import { loader, serverNow } from '/rest.js';
import { $, count, duration, el, picture, shortCount } from '/ui.js';

const REFRESH_INTERVAL_MS = 30_000;
const MAX_CARDS = 60;

const timeFormat = new Intl.DateTimeFormat('en', {
  weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
});

const address = (stream) => `/live/${encodeURIComponent(stream.streamKey)}`;
const isLive = (stream) => stream.isLive || stream.status === 'LIVE';

function card(stream) {
  const poster = el('div', 'poster');
  picture(poster, stream.thumbnailUrl, stream.title || stream.streamKey, stream.streamKey);
  const viewers = el('span', 'pill', `${shortCount(stream.viewerCount ?? 0)} watching`);
  const top = el('div', 'card-top', el('span', 'badge live', 'Live'), viewers);
  const title = el('h2', 'card-title', stream.title || stream.streamKey);
  const text = el('div', 'card-text', title);
  const details = [stream.host?.name, stream.startedAt && duration(serverNow() - Date.parse(stream.startedAt))];
  text.append(el('p', '', details.filter(Boolean).join(' · ')));
  const link = el('a', 'card', poster, top, text);
  link.href = address(stream);
  return el('li', '', link);
}

function upcomingRow(stream) {
  const time = el('time', '', stream.scheduledAt ? timeFormat.format(new Date(stream.scheduledAt)) : 'Soon');
  if (stream.scheduledAt) time.dateTime = stream.scheduledAt;
  const frame = el('div', 'thumb');
  picture(frame, stream.thumbnailUrl, stream.title || stream.streamKey, stream.streamKey);
  const text = el('div', 'upcoming-text', time, el('strong', '', stream.title || stream.streamKey));
  if (stream.host?.name) text.append(el('span', 'muted', stream.host.name));
  const link = el('a', '', frame, text);
  link.href = address(stream);
  return el('li', '', link);
}

const loadLive = loader('/api/streaming/active', (streams) => {
  $('problem').hidden = true;
  $('live').replaceChildren(...streams.slice(0, MAX_CARDS).map(card));
  $('live').ariaBusy = 'false';
  $('empty').hidden = streams.length > 0;
  document.title = streams.length ? `Dorami: ${count(streams.length)} live` : 'Dorami: live shopping';
}, (failure) => {
  $('problem').textContent = `The shows cannot be loaded (${failure.message}). Trying again…`;
  $('problem').hidden = false;
});

const loadUpcoming = loader('/api/streaming/upcoming?limit=6', (streams) => {
  const upcoming = streams.filter((stream) => !isLive(stream)).slice(0, 6);
  $('upcoming').replaceChildren(...upcoming.map(upcomingRow));
  $('upcoming-section').hidden = upcoming.length === 0;
}, () => {}); // The live list already shows that the server is unreachable.

function load() {
  if (document.hidden) return; // a hidden page sends no requests
  loadLive();
  loadUpcoming();
}

load();
setInterval(load, REFRESH_INTERVAL_MS);
document.addEventListener('visibilitychange', load);
