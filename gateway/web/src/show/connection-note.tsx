import type { ReadonlySignal } from '@preact/signals';
import type { ConnectionState, RequestError } from '../rooms/room-connection';
import { texts } from './texts';

export interface Connection {
  state: ConnectionState;
  error?: RequestError | undefined;
  isOnline: boolean;
}

/** Tells that the page has no connection; nothing while it has one. */
export function ConnectionNote({ connection }: { connection: ReadonlySignal<Connection> }) {
  return (
    <p id="connection" class="connection" role="status">
      {noteOf(connection.value)}
    </p>
  );
}

function noteOf({ state, error, isOnline }: Connection): string {
  switch (state) {
    case 'connecting':
    case 'reconnecting':
      if (!isOnline) return texts.offline;
      return state === 'reconnecting' ? texts.reconnecting : '';
    case 'open':
      return '';
    case 'refused':
      if (error?.errorCode === 'UNAUTHORIZED') return texts.signedOut;
      return error?.errorCode === 'OUTDATED' ? texts.outdated : (error?.message ?? '');
  }
}
