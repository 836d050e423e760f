// Watches a show and chats, and misses nothing, whatever happens to the connection or the gateway:
//   node client.mjs ws://localhost:8080/ws KEY TOKEN        what you type is said in the chat
// Browsers and Node.js 22 have WebSocket; with an older one: npm install ws
const WebSocket = globalThis.WebSocket ?? (await import("ws")).default;

/** Stays in the rooms. `hear` gets each frame; logged events come once and in order. Answers what says something. */
export function stay(url, token, rooms, hear) {
  const offsets = {}, unsaid = new Map(); // room → where we are in it; clientMessageId → what nobody has confirmed
  let socket, inside, tries = 0;
  const send = (frame) => socket.readyState === 1 && socket.send(JSON.stringify(frame));
  const join = (room) => send({ type: "join", id: `join ${room}`, room, since: offsets[room] });

  function connect() {
    inside = new Set();
    socket = new WebSocket(url);
    socket.onopen = () => (send({ type: "hello", version: 1, token }), rooms.forEach(join));
    socket.onerror = () => {}; // its close follows
    socket.onclose = ({ code }) => code === 1008 || setTimeout(connect, Math.random() * Math.min(10_000, 250 * 2 ** tries++));
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data), { event, room, offset, replyTo } = frame, lost = event === "error" && frame.data.retryable;
      if (offset) offsets[room] = offset;
      if (replyTo === `join ${room}` && lost) setTimeout(join, 1000, room);
      if (replyTo === `join ${room}` && event.endsWith(":success")) inside.add(room), (tries = 0), unsaid.forEach(say);
      if (unsaid.has(replyTo)) lost ? setTimeout(say, 1000, unsaid.get(replyTo)) : unsaid.delete(replyTo);
      hear(frame);
    };
  }
  const say = (message) => inside.has(message.room) && send(message);
  connect();
  return (room, message) => {
    const id = crypto.randomUUID(); // said again with the same clientMessageId it is the same message
    unsaid.set(id, { type: "send", id, room, message, clientMessageId: id });
    say(unsaid.get(id));
  };
}
if (globalThis.process?.argv[1]?.endsWith("client.mjs")) {
  const [url, key, token] = process.argv.slice(2);
  const say = stay(url, token, [`chat:${key}`, `stream:${key}`, `shop:${key}`], (frame) => console.log(JSON.stringify(frame)));
  (await import("node:readline")).createInterface({ input: process.stdin }).on("line", (text) => say(`chat:${key}`, text));
}
