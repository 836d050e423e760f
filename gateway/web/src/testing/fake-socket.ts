interface SentFrame {
  type: string;
  id?: string;
  room?: string;
  clientMessageId?: string;
}

/** A WebSocket whose other end is the test. */
export class FakeSocket {
  static readonly all: FakeSocket[] = [];
  readonly sent: SentFrame[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor() {
    FakeSocket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {}
  receive(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  welcome(userId?: string): void {
    this.onopen?.();
    this.receive({ event: 'welcome', data: { version: 1, connection: 'c', authenticated: !!userId, userId } });
  }
  /** Accepts the joins that were sent. */
  acceptJoins(): void {
    for (const { type, id, room } of this.sent.splice(0)) {
      if (type === 'join') this.receive({ event: 'chat:join-room:success', room, replyTo: id, data: {} });
    }
  }
}
