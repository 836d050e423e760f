import { useEffect } from 'preact/hooks';
import { changeOnce } from '../api/client';
import { ShowForm } from './show-form';
import { EMPTY_PLAN, toNewStream } from './show-plan';
import { texts } from './texts';
import type { Session } from './wire';

/** The form that creates a show: `/studio#new`. */
export function NewShowPage() {
  useEffect(() => {
    document.title = `${texts.newShow} · Dorami`;
  }, []);
  return (
    <main class="studio-main">
      <h1>{texts.newShow}</h1>
      <ShowForm
        before={EMPTY_PLAN}
        submitText={texts.create}
        busyText={texts.creating}
        onSubmit={async (plan) => {
          const session = await changeOnce<Session>('POST', '/api/streaming/generate-key', toNewStream(plan));
          // The form leaves the history, so that the back button does not lead to another new show.
          location.replace(`/studio/${session.streamKey}#on-air`);
        }}
      />
    </main>
  );
}
