// Chat path of the platform's current service: join a room, validate, store the last 100 messages in a Redis list, emit to
// the room through the Redis adapter. Three namespaces, two of them open to guests. Settings of the platform.
'use strict';
const { createServer } = require('node:http');
const { randomUUID } = require('node:crypto');
const { Server } = require('socket.io');
const { createAdapter } = require('@socket.io/redis-adapter');
const { createClient } = require('redis');
const jwt = require('jsonwebtoken');

const { PORT, REDIS_URL, JWT_SECRET } = process.env;
const HISTORY_LENGTH = 100;
const HISTORY_SECONDS = 86_400;
const RATE_WINDOW_MILLIS = 10_000;
const MAX_SENDS = 20;

async function main() {
  const redis = createClient({ url: REDIS_URL });
  const subscriber = redis.duplicate();
  await Promise.all([redis.connect(), subscriber.connect()]);
  const http = createServer((request, response) => response.end('ok'));
  const io = new Server(http, { transports: ['websocket', 'polling'], pingInterval: 25_000, pingTimeout: 60_000 });
  io.adapter(createAdapter(redis, subscriber));

  const authenticate = (socket) => {
    try {
      return jwt.verify(socket.handshake.auth.token, JWT_SECRET, { algorithms: ['HS256'] });
    } catch {
      return null;
    }
  };
  const now = () => new Date().toISOString();

  io.of('/').on('connection', (socket) => {
    const user = authenticate(socket);
    socket.on('join:stream', ({ streamId }) => {
      socket.join(`stream:${streamId}`);
      io.of('/').to(`stream:${streamId}`).emit('user:joined', { userId: user?.userId ?? null, streamId, timestamp: now() });
    });
    socket.emit('connected', { message: 'connected', userId: user?.userId ?? null, authenticated: user !== null });
  });

  io.of('/streaming').on('connection', (socket) => {
    const user = authenticate(socket);
    socket.on('stream:viewer:join', async ({ streamKey }) => {
      const room = `stream:${streamKey}`;
      socket.join(room);
      const viewerCount = await redis.sAdd(`viewers:${streamKey}`, user?.userId ?? `guest:${socket.id}`)
        .then(() => redis.sCard(`viewers:${streamKey}`));
      const data = { streamKey, viewerCount, timestamp: now() };
      io.of('/streaming').to(room).emit('stream:viewer:update', { type: 'stream:viewer:update', data });
      socket.emit('stream:viewer:join:success', { type: 'stream:viewer:join:success', data });
    });
    socket.emit('connection:success', {
      type: 'connection:success',
      data: { message: 'connected', userId: user?.userId ?? null, authenticated: user !== null, timestamp: now() },
    });
  });

  io.of('/chat').on('connection', (socket) => {
    const user = authenticate(socket);
    const reject = (errorCode, message) => socket.emit('error', { type: 'error', errorCode, message, timestamp: now() });
    if (!user) {
      reject('FORBIDDEN', 'invalid token');
      socket.disconnect();
      return;
    }
    const sends = [];
    socket.on('chat:join-room', async ({ liveId }) => {
      const room = `live:${liveId}`;
      const messages = (await redis.lRange(`chat:${liveId}:history`, -HISTORY_LENGTH, -1)).map((text) => JSON.parse(text));
      socket.join(room);
      if (messages.length > 0) {
        socket.emit('chat:history', { type: 'chat:history', data: { liveId, messages } });
      }
      const data = { userId: user.userId, authenticated: true, liveId, timestamp: now() };
      io.of('/chat').to(room).emit('chat:user-joined', { type: 'chat:user-joined', data });
      socket.emit('chat:join-room:success', {
        type: 'chat:join-room:success',
        data: { roomName: room, timestamp: now() },
      });
    });
    socket.on('chat:send-message', async ({ liveId, message, clientMessageId }) => {
      const time = Date.now();
      while (sends.length > 0 && sends[0] <= time - RATE_WINDOW_MILLIS) {
        sends.shift();
      }
      if (sends.push(time) > MAX_SENDS) {
        return reject('RATE_LIMIT_EXCEEDED', 'too many messages');
      }
      if (typeof message !== 'string' || !socket.rooms.has(`live:${liveId}`)) {
        return reject('INVALID_MESSAGE', 'not a message of a member');
      }
      const text = message.replace(/<[^>]*>/g, '').trim();
      if (text.length < 1 || text.length > 500) {
        return reject('INVALID_MESSAGE', 'a message has 1 to 500 characters');
      }
      const data = {
        id: randomUUID(),
        liveId,
        userId: user.userId,
        username: user.name,
        message: text,
        clientMessageId,
        timestamp: now(),
      };
      const key = `chat:${liveId}:history`;
      await redis.multi().rPush(key, JSON.stringify(data)).lTrim(key, -HISTORY_LENGTH, -1).expire(key, HISTORY_SECONDS).exec();
      io.of('/chat').to(`live:${liveId}`).emit('chat:message', { type: 'chat:message', data });
      socket.emit('chat:send-message:success', { type: 'chat:send-message:success', data: { timestamp: now() } });
    });
    socket.emit('connection:success', {
      type: 'connection:success',
      data: { message: 'connected', userId: user.userId, authenticated: true, timestamp: now() },
    });
  });

  http.listen(Number(PORT), '127.0.0.1', 4096);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
