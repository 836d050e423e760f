import { type ApiError, change } from '../api/client';
import { errorText } from '../i18n/errors';
import { ConfirmButton } from '../ui/confirm-button';
import type { PublishSession } from './on-air/publish-session';
import { ProblemNote } from './problem-note';
import { ShowForm } from './show-form';
import { planOf, toChange } from './show-plan';
import { leaveTo } from './studio-place';
import type { StudioRoom } from './studio-room';
import type { StudioShow } from './studio-show';
import { texts } from './texts';
import type { Session } from './wire';

interface EditShowProps {
  show: StudioShow;
  session: PublishSession;
  room: StudioRoom;
}

/** The form that changes a show, and its deletion: `#edit`. */
export function EditShow({ show, session, room }: EditShowProps) {
  const current = session.current.value;
  if (!current) return <ProblemNote error={session.error.value} onRetry={() => session.load()} />;
  const before = planOf(current);
  const path = `/api/streaming/${show.id}`;
  const remove = async () => {
    try {
      await change('DELETE', path);
      location.replace('/studio');
    } catch (error) {
      room.toast(errorText(error as ApiError));
    }
  };
  return (
    <>
      <h2>{texts.editShow}</h2>
      <ShowForm
        before={before}
        submitText={texts.save}
        busyText={texts.saving}
        onSubmit={async (plan) => {
          session.current.value = { ...current, ...(await change<Session>('PATCH', path, toChange(plan, before))) };
          room.load();
          room.toast(texts.saved);
          leaveTo('on-air');
        }}
      />
      {show.status !== 'LIVE' && (
        <ConfirmButton
          className="text-button studio-delete"
          question={texts.deleteQuestion}
          details={texts.deleteDetails}
          confirmText={texts.deleteShow}
          onConfirm={() => void remove()}
        >
          {texts.deleteShow}
        </ConfirmButton>
      )}
    </>
  );
}
