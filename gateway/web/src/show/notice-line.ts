import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { Loader } from '../api/client';
import type { EventData, ServerFrame } from '../rooms/frames';

type Notice = EventData<'notice:updated'>;

/** The platform's notice. The user closes a notice until its text changes. */
export class NoticeLine {
  private readonly current = signal('');
  private readonly closed = signal('');
  private readonly loader = new Loader<Notice>('/api/notices/current', ({ text }) => {
    if (!this.hasEvent) this.set(text);
  });
  private hasEvent = false; // a notice that arrives while another loads is newer

  /** The text to show; empty if there is none. */
  readonly text: ReadonlySignal<string> = computed(() =>
    this.current.value === this.closed.value ? '' : this.current.value,
  );

  load(): void {
    this.hasEvent = false;
    void this.loader.load();
  }

  receive(frame: ServerFrame): void {
    if (frame.event !== 'notice:updated') return;
    this.hasEvent = true;
    this.set(frame.data.text);
  }

  close(): void {
    this.closed.value = this.current.value;
  }

  private set(text: string): void {
    this.current.value = text.trim();
  }
}
