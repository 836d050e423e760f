// Viewers of a show with the unmodified socket.io-client. A test says on standard input what they do, a line of JSON for
// each command; what they hear comes on standard output, in order, a line for each event.
import { Manager } from "socket.io-client";
import readline from "node:readline";

const REJOIN_MILLIS = 1000; // as the page does it

const clients = new Map();

function say(line) {
  process.stdout.write(JSON.stringify({ at: Date.now(), ...line }) + "\n");
}

/** All namespaces over one connection. With a key it watches that show as the page does. */
function open({ client, url, options = {}, auth = {}, keys = [], namespaces = ["/", "/chat", "/streaming"] }) {
  const manager = new Manager(url, { forceNew: true, ...options });
  manager.on("open", () => {
    say({ client, event: "open", transport: manager.engine.transport.name });
    manager.engine.on("upgrade", (transport) => say({ client, event: "upgrade", transport: transport.name }));
  });
  const sockets = {};
  for (const namespace of namespaces) {
    const socket = manager.socket(namespace, { auth });
    sockets[namespace] = socket;
    const tell = (event, rest) => say({ client, namespace, event, ...rest });
    socket.on("connect", () => tell("connect", { id: socket.id, recovered: socket.recovered }));
    socket.on("disconnect", (reason) => tell("disconnect", { reason }));
    socket.on("connect_error", (error) => tell("connect_error", { reason: error.message }));
    socket.onAny((event, ...args) => tell(event, { args }));
  }
  clients.set(client, { manager, sockets });
  watch(sockets, keys);
}

function watch(sockets, keys) {
  const { "/": shop, "/chat": chat, "/streaming": streaming } = sockets;
  for (const key of keys) {
    shop?.on("connected", () => shop.emit("join:stream", { streamId: key }));
    streaming?.on("connection:success", () => streaming.emit("stream:viewer:join", { streamKey: key }));
    let again;
    chat?.on("connection:success", ({ data }) => {
      const join = () => chat.emit("chat:join-room", { liveId: key });
      if (data.authenticated) {
        clearInterval(again);
        again = setInterval(join, REJOIN_MILLIS);
        join();
      }
    });
    chat?.on("chat:join-room:success", ({ data }) => {
      if (data.roomName === `live:${key}`) {
        clearInterval(again);
      }
    });
    chat?.on("disconnect", () => clearInterval(again));
  }
}

const commands = {
  open,
  emit: ({ client, namespace, event, args }) => clients.get(client).sockets[namespace].emit(event, ...args),
  ask: ({ client, namespace, event, args }) =>
    clients.get(client).sockets[namespace].emit(event, ...args, (...answer) =>
      say({ client, namespace, event: "ack", args: answer })),
  reconnect: ({ client, namespace }) => clients.get(client).sockets[namespace].connect(),
  close: ({ client }) => {
    Object.values(clients.get(client).sockets).forEach((socket) => socket.disconnect());
    clients.delete(client);
  },
};

readline
  .createInterface({ input: process.stdin })
  .on("line", (line) => {
    const { command, ...rest } = JSON.parse(line);
    commands[command](rest);
  })
  .on("close", () => process.exit());
