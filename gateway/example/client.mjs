// Follows a show and its chat without losing an event, whatever happens to the connection or the gateway:
//   node client.mjs ws://localhost:8080/ws KEY TOKEN        each typed line is sent to the chat
// Browsers and Node.js 22 have WebSocket; with an older one: npm install ws
const WebSocket = globalThis.WebSocket ?? (await import("ws")).default;

/** Joins the rooms and stays in them. `onFrame` gets each frame; logged events arrive once and in order. Returns `send(room, message)`. */
export function joinRooms(url, token, rooms, onFrame) {
  const offsets = {}, unconfirmed = new Map(); // room → its last offset; clientMessageId → a message without a reply
  let socket, joined, attempts = 0;
  const write = (frame) => socket.readyState === 1 && socket.send(JSON.stringify(frame));
  const join = (room) => write({ type: "join", id: `join ${room}`, room, since: offsets[room] });

  function connect() {
    joined = new Set();
    socket = new WebSocket(url);
    socket.onopen = () => (write({ type: "hello", version: 1, token }), rooms.forEach(join));
    socket.onerror = () => {}; // a close event follows
    socket.onclose = ({ code }) => code === 1008 || setTimeout(connect, Math.random() * Math.min(10_000, 250 * 2 ** attempts++));
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data), { event, room, offset, replyTo } = frame, retry = event === "error" && frame.data.retryable;
      if (offset) offsets[room] = offset;
      if (replyTo === `join ${room}` && retry) setTimeout(join, 1000, room);
      if (replyTo === `join ${room}` && event.endsWith(":success")) joined.add(room), (attempts = 0), unconfirmed.forEach(writeMessage);
      if (unconfirmed.has(replyTo)) retry ? setTimeout(writeMessage, 1000, unconfirmed.get(replyTo)) : unconfirmed.delete(replyTo);
      onFrame(frame);
    };
  }
  const writeMessage = (message) => joined.has(message.room) && write(message);
  connect();
  return (room, message) => {
    const id = crypto.randomUUID(); // a repeat with the same clientMessageId is the same message
    unconfirmed.set(id, { type: "send", id, room, message, clientMessageId: id });
    writeMessage(unconfirmed.get(id));
  };
}
if (globalThis.process?.argv[1]?.endsWith("client.mjs")) {
  const [url, key, token] = process.argv.slice(2);
  const send = joinRooms(url, token, [`chat:${key}`, `stream:${key}`, `shop:${key}`], (frame) => console.log(JSON.stringify(frame)));
  (await import("node:readline")).createInterface({ input: process.stdin }).on("line", (text) => send(`chat:${key}`, text));
}
