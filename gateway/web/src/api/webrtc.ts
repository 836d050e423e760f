/** The media server, or the gate before it, refused the offer. */
export class OfferRefused extends Error {
  constructor(readonly status: number) {
    super(`The offer was answered with ${status}`);
  }
}

/** A session that could not be ended in this time is one of a server that is not reached now. */
const END_TIMEOUT_MS = 3_000;

/**
 * Sends a connection's offer by WHIP or WHEP and applies the answer. Returns the address at which the session ends. The offer
 * does not wait for candidates, because the media server learns the browser's address from its packets. A connection that is
 * closed meanwhile has no session.
 */
export async function exchangeOffer(connection: RTCPeerConnection, path: string): Promise<string> {
  await connection.setLocalDescription();
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/sdp' },
    body: connection.localDescription?.sdp ?? '',
  });
  if (!response.ok) throw new OfferRefused(response.status);
  const session = new URL(response.headers.get('Location') ?? '', response.url).href;
  try {
    await connection.setRemoteDescription({ type: 'answer', sdp: await response.text() });
  } catch (error) {
    void endSession(session);
    throw error;
  }
  return session;
}

/**
 * Ends a session at the media server, also while the page goes away. Returns false if the server was not reached; it then ends
 * the session by itself, 10 to 15 s after the last packet.
 */
export const endSession = (session: string): Promise<boolean> =>
  fetch(session, { method: 'DELETE', keepalive: true, signal: AbortSignal.timeout(END_TIMEOUT_MS) }).then(
    ({ ok }) => ok,
    () => false,
  );

/** Puts H.264 first: the media server passes it to HTTP-FLV and HLS as it is, and passes nothing else. */
export function preferH264(transceiver: RTCRtpTransceiver, codecs: readonly RTCRtpCodec[] | undefined): void {
  if (!codecs || !transceiver.setCodecPreferences) return;
  const isH264 = ({ mimeType }: RTCRtpCodec) => mimeType.toLowerCase() === 'video/h264';
  transceiver.setCodecPreferences([...codecs.filter(isH264), ...codecs.filter((codec) => !isH264(codec))]);
}
