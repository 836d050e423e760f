import { effect, signal } from '@preact/signals';
import { type ApiError, change } from '../../api/client';
import { errorText } from '../../i18n/errors';
import type { StudioRoom } from '../studio-room';
import type { StudioShow } from '../studio-show';
import { Audience } from './audience';
import { EncoderWatch } from './encoder-watch';
import { PublishSession } from './publish-session';

/** Where the picture of the show comes from: another app, or the camera of this device. */
export type Source = 'encoder' | 'camera';

/** The state of a show for its host: keys, encoder, viewers, and the start and the end of the show. */
export class OnAir {
  readonly session: PublishSession;
  readonly encoder: EncoderWatch;
  readonly audience: Audience;
  readonly source = signal<Source>('encoder');
  /** True while the show starts or ends. */
  readonly isBusy = signal(false);

  constructor(
    private readonly show: Pick<StudioShow, 'id' | 'streamKey'>,
    private readonly room: Pick<StudioRoom, 'live' | 'load' | 'toast'>,
  ) {
    this.session = new PublishSession(show.id);
    this.encoder = new EncoderWatch(show.id);
    this.audience = new Audience(show.streamKey, room.live.viewerCount, room.live.startedAt);
  }

  /** Follows the viewers while the show is live, and returns the function that stops it. */
  start(): () => void {
    return effect(() => (this.room.live.isLive.value ? this.audience.start() : undefined));
  }

  /** Starts the show. It ends by itself if no encoder connects. */
  goLive(): Promise<void> {
    return this.carryOut('go-live');
  }

  stop(): Promise<void> {
    return this.carryOut('stop');
  }

  private async carryOut(action: 'go-live' | 'stop'): Promise<void> {
    if (this.isBusy.peek()) return;
    this.isBusy.value = true;
    try {
      await change('PATCH', `/api/streaming/${this.show.id}/${action}`);
    } catch (error) {
      this.room.toast(errorText(error as ApiError));
    } finally {
      this.isBusy.value = false;
      this.room.load(); // even if the event is lost, the page shows the state
    }
  }
}
