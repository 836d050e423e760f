import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { OfferRefused } from '../api/webrtc';
import { Broadcast, type Connection } from './broadcast';
import { CameraError, type Facing, pictureSize } from './camera';
import type { ConnectionChange } from './whip-connection';

/** A stream whose tracks remember what was done with them. */
class FakeStream {
  constructor(
    readonly tracks = [
      { kind: 'video', enabled: true, readyState: 'live' },
      { kind: 'audio', enabled: true, readyState: 'live' },
    ].map((track) => ({
      ...track,
      stop() {
        this.readyState = 'ended';
      },
    })),
  ) {}

  getTracks = () => this.tracks;
  getVideoTracks = () => this.tracks.filter(({ kind }) => kind === 'video');
  getAudioTracks = () => this.tracks.filter(({ kind }) => kind === 'audio');
}

/** Devices and a media server that do what a test says. */
class Studio {
  readonly connections: FakeConnection[] = [];
  readonly opened: Facing[] = [];
  cameraError: CameraError | null = null;
  offerError: Error | null = null;
  isServerReachable = true;

  readonly broadcast = new Broadcast({
    openCamera: async (facing) => {
      if (this.cameraError) throw this.cameraError;
      this.opened.push(facing);
      return new FakeStream() as unknown as MediaStream;
    },
    countCameras: async () => 2,
    connect: (_, onChange) => {
      const connection = new FakeConnection(this, onChange);
      this.connections.push(connection);
      return connection;
    },
  });

  get state() {
    return this.broadcast.state.value;
  }

  get last(): FakeConnection {
    return this.connections.at(-1) as FakeConnection;
  }

  get tracks() {
    return (this.broadcast.stream.value as unknown as FakeStream).tracks;
  }

  async goOnAir(): Promise<this> {
    await this.broadcast.open();
    this.broadcast.start();
    await vi.advanceTimersByTimeAsync(0);
    this.last.onChange('connected');
    return this;
  }
}

class FakeConnection implements Connection {
  isClosed = false;
  replaced = 0;
  bytes = 0;

  constructor(
    private readonly studio: Studio,
    readonly onChange: (change: ConnectionChange) => void,
  ) {}

  async open() {
    if (!this.studio.isServerReachable) throw new TypeError('Failed to fetch');
    if (this.studio.offerError) throw this.studio.offerError;
  }

  async close() {
    this.isClosed = this.studio.isServerReachable;
    return this.isClosed;
  }

  async replaceVideo() {
    this.replaced++;
  }

  async counts() {
    this.bytes += 250_000;
    const { bytes } = this;
    return {
      at: Date.now(),
      bytes,
      packets: 1,
      repeatedPackets: 0,
      framesPerSecond: 30,
      height: 1280,
      limitation: 'none',
    };
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('MediaStream', FakeStream);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const seconds = (number: number) => vi.advanceTimersByTimeAsync(number * 1000);

test('cameraOpens_thenTheShowGoesOnAir', async () => {
  const studio = new Studio();
  await studio.broadcast.open();
  expect(studio.state).toBe('ready');
  expect(studio.connections).toHaveLength(0);
  studio.broadcast.start();
  expect(studio.state).toBe('connecting');
  await seconds(0);
  studio.last.onChange('connected');
  expect(studio.state).toBe('sending');
});

test('cameraThatIsDenied_isTold_andMayBeTriedAgain', async () => {
  const studio = new Studio();
  studio.cameraError = new CameraError('denied');
  await studio.broadcast.open();
  expect([studio.state, studio.broadcast.cameraProblem.value]).toEqual(['no-camera', 'denied']);
  studio.cameraError = null;
  await studio.broadcast.open();
  expect([studio.state, studio.broadcast.cameraProblem.value]).toEqual(['ready', null]);
});

test('shortLoss_recoversByItself', async () => {
  const studio = await new Studio().goOnAir();
  studio.last.onChange('lost');
  expect(studio.state).toBe('reconnecting');
  await seconds(2);
  studio.last.onChange('connected');
  await seconds(10);
  expect(studio.state).toBe('sending');
  expect(studio.connections).toHaveLength(1);
});

test('longerLoss_endsTheFormerSessionBeforeTheNext', async () => {
  const studio = await new Studio().goOnAir();
  const former = studio.last;
  former.onChange('lost');
  await seconds(4);
  expect(former.isClosed).toBe(true);
  expect(studio.connections).toHaveLength(2);
  former.onChange('lost');
  studio.last.onChange('connected');
  expect(studio.state).toBe('sending');
});

test('serverThatIsAway_isTriedAgain_andTheShowGoesOn', async () => {
  const studio = await new Studio().goOnAir();
  studio.isServerReachable = false;
  studio.last.onChange('lost');
  await seconds(20);
  expect(studio.connections).toHaveLength(1); // its session could not be ended, so no offer can succeed
  studio.isServerReachable = true;
  await seconds(4);
  studio.last.onChange('connected');
  expect(studio.connections).toHaveLength(2);
  expect(studio.state).toBe('sending');
});

test('offerThatIsRefusedAsBusy_isTriedAgain', async () => {
  const studio = new Studio();
  await studio.broadcast.open();
  studio.offerError = new OfferRefused(502);
  studio.broadcast.start();
  await seconds(10);
  studio.offerError = null;
  await seconds(4);
  studio.last.onChange('connected');
  expect(studio.state).toBe('sending');
});

test('lossLongerThanTheGracePeriod_ends', async () => {
  const studio = await new Studio().goOnAir();
  studio.isServerReachable = false;
  studio.last.onChange('lost');
  await seconds(60);
  expect([studio.state, studio.broadcast.end.value]).toEqual(['ready', 'lost']);
  const { length } = studio.connections;
  await seconds(60);
  expect(studio.connections).toHaveLength(length);
});

test('revokedKey_ends', async () => {
  const studio = new Studio();
  await studio.broadcast.open();
  studio.offerError = new OfferRefused(403);
  studio.broadcast.start();
  await seconds(0);
  expect([studio.state, studio.broadcast.end.value]).toEqual(['ready', 'refused']);
});

test('networkThatPassesNoMedia_isTriedAgain', async () => {
  const studio = new Studio();
  await studio.broadcast.open();
  studio.broadcast.start();
  await seconds(11);
  expect(studio.connections.length).toBe(2);
  expect(studio.connections[0]?.isClosed).toBe(true);
});

test('networkThatIsBack_isUsedAtOnce', async () => {
  const studio = await new Studio().goOnAir();
  studio.last.onChange('lost');
  studio.broadcast.retryNow();
  await seconds(0);
  expect(studio.connections).toHaveLength(2);
});

test('stop_keepsThePreview_andStaysStopped', async () => {
  const studio = await new Studio().goOnAir();
  studio.last.onChange('lost');
  studio.broadcast.stop();
  await seconds(60);
  expect(studio.state).toBe('ready');
  expect(studio.last.isClosed).toBe(true);
  expect(studio.connections).toHaveLength(1);
  expect(studio.tracks.every(({ readyState }) => readyState === 'live')).toBe(true);
});

test('close_givesTheCameraBack', async () => {
  const studio = await new Studio().goOnAir();
  const { tracks } = studio;
  studio.broadcast.close();
  expect(studio.state).toBe('off');
  expect(studio.last.isClosed).toBe(true);
  expect(tracks.every(({ readyState }) => readyState === 'ended')).toBe(true);
});

test('switchedCamera_isSentWithoutAReconnect', async () => {
  const studio = await new Studio().goOnAir();
  await studio.broadcast.switchCamera();
  expect(studio.opened).toEqual(['user', 'environment']);
  expect(studio.broadcast.facing.value).toBe('environment');
  expect(studio.last.replaced).toBe(1);
  expect(studio.connections).toHaveLength(1);
});

test('muteStays_whenTheCameraIsSwitched', async () => {
  const studio = await new Studio().goOnAir();
  studio.broadcast.setMuted(true);
  await studio.broadcast.switchCamera();
  const sound = studio.tracks.filter(({ kind }) => kind === 'audio');
  expect(sound.map(({ enabled }) => enabled)).toEqual([false]);
});

test('uplinkIsMeasured_whileSending', async () => {
  const studio = await new Studio().goOnAir();
  await seconds(4);
  expect(studio.broadcast.uplink.value).toMatchObject({ quality: 'good', kbps: 1000 });
  studio.broadcast.stop();
  expect(studio.broadcast.uplink.value).toBeNull();
});

test('uprightPhone_asksForTheSizesOfItsSensor', () => {
  expect(pictureSize(true)).toEqual({ width: 1280, height: 720 });
  expect(pictureSize(false)).toEqual({ width: 720, height: 1280 });
});
