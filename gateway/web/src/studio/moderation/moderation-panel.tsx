import { useSignal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { ChatPanel } from '../../chat/chat-panel';
import { countCharacters, MAX_CHARACTERS, MAX_UNITS } from '../../chat/message-length';
import type { ChatRow } from '../../chat/message-list';
import { dayAndTime } from '../../i18n/format';
import { ActionButton } from '../../ui/action-button';
import { signInAddress } from '../../ui/page-header';
import { ProblemNote } from '../problem-note';
import type { StudioRoom } from '../studio-room';
import type { StudioShow } from '../studio-show';
import { MessageMenu } from './message-menu';
import { Moderation } from './moderation';
import { RulesForm } from './rules-form';
import { texts } from './texts';
import './moderation.css';

interface ModerationPanelProps {
  show: StudioShow;
  room: StudioRoom;
}

/** The chat of the show with all that its moderators can do. */
export function ModerationPanel({ show, room }: ModerationPanelProps) {
  const { chat } = room;
  const [moderation] = useState(() => new Moderation(show.streamKey, room.toast));
  const selected = useSignal<ChatRow | null>(null);
  useEffect(() => void moderation.load(), [moderation]);
  const row = selected.value;
  return (
    <>
      <div class="studio-card studio-chat">
        <ChatPanel
          chat={chat}
          signInAddress={signInAddress(location.pathname)}
          toast={room.toast}
          onModerate={(row) => {
            selected.value = row;
          }}
        />
      </div>
      {row && (
        <MessageMenu
          key={row.key}
          row={row}
          moderation={moderation}
          isProtected={row.userId === chat.userId.value || row.userId === chat.hostId.value}
          onClose={() => {
            selected.value = null;
          }}
        />
      )}
      <NoticeForm moderation={moderation} isPinned={chat.pinned.value !== null} />
      <ProblemNote error={moderation.error.value} onRetry={() => void moderation.load()} />
      {moderation.policy.value && <RulesForm policy={moderation.policy.value} moderation={moderation} />}
      <Restrictions moderation={moderation} />
      <Audit moderation={moderation} />
    </>
  );
}

/** A notice above the chat, which late viewers see, too. */
function NoticeForm({ moderation, isPinned }: { moderation: Moderation; isPinned: boolean }) {
  const text = useSignal('');
  const isBusy = moderation.isBusy.value;
  const notice = text.value.trim();
  const isValid = notice !== '' && countCharacters(notice) <= MAX_CHARACTERS;
  const onSubmit = async (event: Event) => {
    event.preventDefault();
    if (isValid && (await moderation.announce(notice))) text.value = '';
  };
  return (
    <form class="studio-card" onSubmit={onSubmit}>
      <div class="studio-field">
        <label for="notice">{texts.notice}</label>
        <textarea
          id="notice"
          rows={2}
          maxLength={MAX_UNITS}
          dir="auto"
          aria-describedby="notice-hint"
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
        />
        <p id="notice-hint" class="studio-note">
          {texts.noticeHint}
        </p>
      </div>
      <div class="moderation-buttons">
        <button type="submit" class="button" aria-disabled={isBusy || !isValid}>
          {texts.showNotice}
        </button>
        {isPinned && (
          <ActionButton className="button secondary" isDisabled={isBusy} onPress={() => void moderation.unpin()}>
            {texts.unpin}
          </ActionButton>
        )}
      </div>
    </form>
  );
}

function Restrictions({ moderation }: { moderation: Moderation }) {
  const restrictions = moderation.restrictions.value;
  return (
    <details class="studio-card moderation-part">
      <summary>{texts.restrictions}</summary>
      {restrictions?.length === 0 && <p class="studio-note">{texts.noRestrictions}</p>}
      <ul>
        {restrictions?.map(({ userId, until }) => (
          <li key={userId} class="moderation-row">
            <span>
              <bdi>
                <strong>{userId}</strong>
              </bdi>{' '}
              <span class="muted">{until ? texts.until(dayAndTime(until)) : texts.banned}</span>
            </span>
            <ActionButton
              className="small-action"
              label={texts.releaseUser(userId)}
              isDisabled={moderation.isBusy.value}
              onPress={() => void moderation.release(userId)}
            >
              {texts.release}
            </ActionButton>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Audit({ moderation }: { moderation: Moderation }) {
  const entries = moderation.audit.value;
  return (
    <details class="studio-card moderation-part">
      <summary>{texts.audit}</summary>
      {entries?.length === 0 && <p class="studio-note">{texts.noActions}</p>}
      <ul>
        {entries?.map(({ id, at, kind, moderatorName, userId }) => (
          <li key={id} class="moderation-entry">
            <span class="muted">{dayAndTime(at)}</span> <bdi>{moderatorName}</bdi>: {texts.kinds[kind] ?? kind}{' '}
            {userId && <bdi>{userId}</bdi>}
          </li>
        ))}
      </ul>
    </details>
  );
}
