import { computed, signal } from '@preact/signals';
import { type ApiError, change, Loader } from '../../api/client';
import type { Session } from '../wire';
import { publishAddresses } from './publish-addresses';

/** The stream for those in charge of it, and the publish key for its owner. */
export class PublishSession {
  readonly current = signal<Session | undefined>(undefined);
  readonly error = signal<ApiError | undefined>(undefined);
  readonly isRotating = signal(false);
  /** Undefined until they are loaded, and for an administrator in another person's show. */
  readonly addresses = computed(() => {
    const session = this.current.value;
    return session?.publishKey === undefined
      ? undefined
      : publishAddresses({ ...session, publishKey: session.publishKey });
  });

  private readonly loader: Loader<Session>;

  constructor(private readonly streamId: string) {
    this.loader = new Loader<Session>(
      `/api/streaming/${streamId}/session`,
      (session) => {
        this.error.value = undefined;
        this.current.value = session;
      },
      (error) => {
        this.error.value = error;
      },
    );
  }

  load(): void {
    void this.loader.load();
  }

  /** Makes a new key and revokes the old ones. The key is loaded again, because a reply may be lost after the change. */
  async rotate(): Promise<void> {
    this.isRotating.value = true;
    try {
      await change('POST', `/api/streaming/${this.streamId}/rotate-key`);
    } finally {
      this.isRotating.value = false;
      this.load();
    }
  }
}
