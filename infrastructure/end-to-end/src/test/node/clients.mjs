// Viewers of a show with the unmodified socket.io-client. A test writes commands to standard input, one line of JSON each;
// the received events are written to standard output in order, one line of JSON each.
import { Manager } from "socket.io-client";
import readline from "node:readline";

const REJOIN_INTERVAL_MILLIS = 1000; // like the page

const clients = new Map();

function report(line) {
  process.stdout.write(JSON.stringify({ at: Date.now(), ...line }) + "\n");
}

/**
 * Opens all namespaces over one connection. With keys, the client watches those shows as the page does. A cookie is sent
 * like a browser's: each request has its current value, which setCookie replaces.
 */
function open({ client, url, options = {}, auth = {}, keys = [], namespaces = ["/", "/chat", "/streaming"], cookie }) {
  const jar = { cookie };
  const extraHeaders = {
    get cookie() {
      return `accessToken=${jar.cookie}`;
    },
  };
  const manager = new Manager(url, { forceNew: true, ...(cookie && { extraHeaders }), ...options });
  manager.on("open", () => {
    report({ client, event: "open", transport: manager.engine.transport.name });
    manager.engine.on("upgrade", (transport) => report({ client, event: "upgrade", transport: transport.name }));
  });
  const sockets = {};
  for (const namespace of namespaces) {
    const socket = manager.socket(namespace, { auth });
    sockets[namespace] = socket;
    const reportEvent = (event, rest) => report({ client, namespace, event, ...rest });
    socket.on("connect", () => reportEvent("connect", { id: socket.id, recovered: socket.recovered }));
    socket.on("disconnect", (reason) => reportEvent("disconnect", { reason }));
    socket.on("connect_error", (error) => reportEvent("connect_error", { reason: error.message }));
    socket.onAny((event, ...args) => reportEvent(event, { args }));
  }
  clients.set(client, { manager, sockets, jar });
  watch(sockets, keys);
  refreshOnRejection(sockets["/chat"], jar);
}

/** Renews the cookie once after a rejection by the chat, then connects the namespace again, as the page does. */
function refreshOnRejection(chat, jar) {
  let attempted = false;
  chat?.on("connection:success", () => (attempted = false));
  chat?.on("disconnect", (reason) => {
    if (reason === "io server disconnect" && jar.refreshed && !attempted) {
      attempted = true;
      jar.cookie = jar.refreshed;
      chat.connect();
    }
  });
}

function watch(sockets, keys) {
  const { "/": shop, "/chat": chat, "/streaming": streaming } = sockets;
  for (const key of keys) {
    shop?.on("connected", () => shop.emit("join:stream", { streamId: key }));
    streaming?.on("connection:success", () => streaming.emit("stream:viewer:join", { streamKey: key }));
    let rejoinTimer;
    chat?.on("connection:success", ({ data }) => {
      const join = () => chat.emit("chat:join-room", { liveId: key });
      if (data.authenticated) {
        clearInterval(rejoinTimer);
        rejoinTimer = setInterval(join, REJOIN_INTERVAL_MILLIS);
        join();
      }
    });
    chat?.on("chat:join-room:success", ({ data }) => {
      if (data.roomName === `live:${key}`) {
        clearInterval(rejoinTimer);
      }
    });
    chat?.on("disconnect", () => clearInterval(rejoinTimer));
  }
}

const commands = {
  open,
  emit: ({ client, namespace, event, args }) => clients.get(client).sockets[namespace].emit(event, ...args),
  ask: ({ client, namespace, event, args }) =>
    clients.get(client).sockets[namespace].emit(event, ...args, (...reply) =>
      report({ client, namespace, event: "ack", args: reply })),
  setCookie: ({ client, cookie }) => (clients.get(client).jar.cookie = cookie),
  setRefreshedCookie: ({ client, cookie }) => (clients.get(client).jar.refreshed = cookie),
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
