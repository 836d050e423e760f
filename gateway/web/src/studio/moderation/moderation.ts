import { signal } from '@preact/signals';
import { type ApiError, type ChangeMethod, change, get } from '../../api/client';
import type { components } from '../../generated/chat-service';
import { errorText } from '../../i18n/errors';
import { texts } from './texts';

type Schemas = components['schemas'];
export type Restriction = Schemas['Restriction'];
export type AuditEntry = Schemas['AuditEntry'];
export type ChatPolicy = Schemas['ChatPolicy'];
export type PolicyChange = Schemas['PolicyRequest'];

/** The newest entries of each list. An older ban is found by the user's id in the audit. */
const PAGE_SIZE = 50;

/** Moderates the chat of a show: messages, users, rules, and the notice above the chat. */
export class Moderation {
  readonly policy = signal<ChatPolicy | undefined>(undefined);
  readonly restrictions = signal<readonly Restriction[] | undefined>(undefined);
  readonly audit = signal<readonly AuditEntry[] | undefined>(undefined);
  readonly error = signal<ApiError | undefined>(undefined);
  /** An action is on its way; a second one waits for its outcome. */
  readonly isBusy = signal(false);

  private readonly path: string;

  constructor(
    streamKey: string,
    private readonly toast: (text: string) => void,
  ) {
    this.path = `/api/chat/${streamKey}`;
  }

  /** Loads the rules, the restrictions and the newest actions. */
  async load(): Promise<void> {
    try {
      const [room, restrictions, audit] = await Promise.all([
        get<Schemas['ChatRoom']>(this.path),
        get<Restriction[]>(`${this.path}/restrictions?take=${PAGE_SIZE}`),
        get<AuditEntry[]>(`${this.path}/audit?take=${PAGE_SIZE}`),
      ]);
      this.policy.value = room.policy;
      this.restrictions.value = restrictions;
      this.audit.value = audit;
      this.error.value = undefined;
    } catch (error) {
      this.error.value = error as ApiError;
    }
  }

  deleteMessage(messageId: string): Promise<boolean> {
    return this.act('DELETE', `/messages/${encodeURIComponent(messageId)}`);
  }

  timeOut(userId: string, minutes: number): Promise<boolean> {
    return this.restrict(userId, 'timeout', { seconds: minutes * 60 });
  }

  ban(userId: string): Promise<boolean> {
    return this.restrict(userId, 'ban', {});
  }

  /** Ends a ban or a time-out. */
  release(userId: string): Promise<boolean> {
    return this.act('DELETE', `/users/${encodeURIComponent(userId)}/ban`);
  }

  pin(messageId: string): Promise<boolean> {
    return this.act('PUT', '/pinned', { messageId });
  }

  /** Pins a text that is no message, in the place of the pinned message. */
  announce(text: string): Promise<boolean> {
    return this.act('PUT', '/pinned', { text });
  }

  /** Takes the pinned message or the notice away. */
  unpin(): Promise<boolean> {
    return this.act('DELETE', '/pinned');
  }

  changePolicy(policy: PolicyChange): Promise<boolean> {
    return this.act('PATCH', '/policy', policy);
  }

  /** Replaces the blocked words. The page shows no other sign of the success. */
  async saveWords(words: string[]): Promise<boolean> {
    const isSaved = await this.changePolicy({ words });
    if (isSaved) this.toast(texts.wordsSaved);
    return isSaved;
  }

  /** The page of a moderator does not know who else is of the staff: the server refuses these with a conflict. */
  private restrict(userId: string, action: 'timeout' | 'ban', body: unknown): Promise<boolean> {
    const path = `/users/${encodeURIComponent(userId)}/${action}`;
    return this.act('PUT', path, body, (error) =>
      error.errorCode === 'CONFLICT' ? texts.isProtected : errorText(error),
    );
  }

  /** Returns true if the action was done. A repeated action has the same result. */
  private async act(
    method: ChangeMethod,
    path: string,
    body?: unknown,
    refusalText: (error: ApiError) => string = errorText,
  ): Promise<boolean> {
    if (this.isBusy.peek()) return false;
    this.isBusy.value = true;
    try {
      await change(method, this.path + path, body);
      void this.load();
      return true;
    } catch (error) {
      this.toast(refusalText(error as ApiError));
      return false;
    } finally {
      this.isBusy.value = false;
    }
  }
}

/** The words of a text with one word a line, without empty lines and repetitions. */
export const wordsOf = (text: string): string[] => [
  ...new Set(
    text
      .split('\n')
      .map((word) => word.trim())
      .filter(Boolean),
  ),
];
