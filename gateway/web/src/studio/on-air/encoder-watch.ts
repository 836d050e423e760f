import { computed, signal } from '@preact/signals';
import { sleep } from '../../api/back-off';
import { type ApiError, Loader } from '../../api/client';
import type { EncoderState } from '../wire';
import { encoderProblems } from './encoder-advice';

/** Between an answer and the next call. The service asks the media server at most every 2 s, so that less shows nothing new. */
const REFRESH_MS = 3_000;

/** The state of the encoder, loaded again and again while somebody looks at it. */
export class EncoderWatch {
  readonly state = signal<EncoderState | undefined>(undefined);
  /** Why the state is not up to date; undefined if it is. */
  readonly error = signal<ApiError | undefined>(undefined);
  readonly problems = computed(() => (this.state.value ? encoderProblems(this.state.value) : []));

  private readonly loader: Loader<EncoderState>;

  constructor(streamId: string) {
    this.loader = new Loader<EncoderState>(
      `/api/streaming/${streamId}/encoder`,
      (state) => {
        this.error.value = undefined;
        this.state.value = state;
      },
      (error) => {
        this.error.value = error;
      },
    );
  }

  /** Starts to load, and returns the function that stops it. */
  start(): () => void {
    let isStopped = false;
    const run = async () => {
      while (!isStopped) {
        if (!document.hidden) await this.loader.load();
        await sleep(REFRESH_MS);
      }
    };
    void run();
    return () => {
      isStopped = true;
      this.loader.stop();
    };
  }
}
