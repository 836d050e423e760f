import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { EventData } from '../rooms/frames';
import type { Refusal } from './refusal';

type Restriction = EventData<'chat:user-restricted'>;
/** The rules of a room for all but its moderators. */
export type ChatRules = Pick<EventData<'chat:mode'>, 'slowSeconds' | 'minutesInRoom' | 'closed' | 'links'>;

export const NO_RULES: ChatRules = { slowSeconds: 0, minutesInRoom: 0, closed: false, links: true };

/** The kind of writer: not known yet, a guest, a user whose sign-in has ended, or a user. */
export type Writer = 'unknown' | 'guest' | 'signed-out' | 'user';

/** The user's permission to write. `waiting`: the user can type, and send from `until` on (server time, milliseconds). */
export type WriteState =
  | { kind: 'connecting' | 'guest' | 'signed-out' | 'banned' | 'closed' | 'open' }
  | { kind: 'unavailable'; refusal: Refusal }
  | { kind: 'timed-out' | 'newcomer' | 'waiting'; until: number };

/** Decides whether the user can write, by the room's rules, the user's restrictions and the server's refusals. */
export class WriteAccess {
  private readonly writer = signal<Writer>('unknown');
  private readonly currentRules = signal(NO_RULES);
  private readonly isModerator = signal(false);
  private readonly refusedJoin = signal<Refusal | null>(null);
  private readonly lastOwnMessage = signal(Number.NEGATIVE_INFINITY);
  private readonly tooFastUntil = signal(0);
  private readonly timedOutUntil = signal(0);
  private readonly newcomerUntil = signal(0);

  readonly state: ReadonlySignal<WriteState>;

  /** @param now the server's time in milliseconds, with a new value at least each second */
  constructor(private readonly now: ReadonlySignal<number>) {
    this.state = computed(() => this.decide(this.now.value));
  }

  get rules(): ReadonlySignal<ChatRules> {
    return this.currentRules;
  }

  setWriter(writer: Writer): void {
    this.writer.value = writer;
  }

  setRules(rules: ChatRules): void {
    this.currentRules.value = rules;
  }

  /** A moderator is exempt from the room's rules. */
  setModerator(isModerator: boolean): void {
    this.isModerator.value = isModerator;
  }

  onJoined(): void {
    this.refusedJoin.value = null;
  }

  onJoinRefused(refusal: Refusal): void {
    this.refusedJoin.value = refusal;
  }

  /** Applies a restriction of this user. */
  restrict({ kind, until }: Pick<Restriction, 'kind' | 'until'>): void {
    this.timedOutUntil.value = kind === 'TIMEOUT' ? Date.parse(until ?? '') || 0 : 0;
    if (kind === 'BAN') this.refusedJoin.value = { reason: 'banned' };
  }

  /** Starts the pause of the slow mode after an own message, from this page or another. */
  onOwnMessage(timestamp: string): void {
    this.lastOwnMessage.value = Math.max(this.lastOwnMessage.value, Date.parse(timestamp));
  }

  /** Applies the reason of a refused message, because no event may have reported it, as a time-out from before the join. */
  onRefused(refusal: Refusal): void {
    const until = 'seconds' in refusal ? this.now.value + (refusal.seconds ?? 0) * 1000 : 0;
    if (refusal.reason === 'too-fast') this.tooFastUntil.value = until;
    else if (refusal.reason === 'timed-out') this.timedOutUntil.value = until;
    else if (refusal.reason === 'newcomer') this.newcomerUntil.value = until;
    else if (refusal.reason === 'banned') this.refusedJoin.value = refusal;
  }

  private decide(now: number): WriteState {
    const refused = this.refusedJoin.value;
    if (refused?.reason === 'banned') return { kind: 'banned' };
    if (this.writer.value !== 'user') {
      return { kind: this.writer.value === 'unknown' ? 'connecting' : this.writer.value };
    }
    if (refused) return { kind: 'unavailable', refusal: refused };
    if (this.timedOutUntil.value > now) return { kind: 'timed-out', until: this.timedOutUntil.value };
    const tooFastUntil = this.tooFastUntil.value;
    if (this.isModerator.value) {
      return tooFastUntil > now ? { kind: 'waiting', until: tooFastUntil } : { kind: 'open' };
    }
    const { closed, slowSeconds, minutesInRoom } = this.currentRules.value;
    if (closed) return { kind: 'closed' };
    // Without the rule, no user is a newcomer any more.
    if (minutesInRoom > 0 && this.newcomerUntil.value > now) {
      return { kind: 'newcomer', until: this.newcomerUntil.value };
    }
    const slowUntil = slowSeconds > 0 ? this.lastOwnMessage.value + slowSeconds * 1000 : 0;
    const until = Math.max(slowUntil, tooFastUntil);
    return until > now ? { kind: 'waiting', until } : { kind: 'open' };
  }
}
