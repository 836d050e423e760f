import { useSignal } from '@preact/signals';
import type { TargetedEvent } from 'preact';
import { serverNow } from '../api/clock';
import { count, duration } from '../i18n/format';
import { now } from '../ui/now';
import type { Chat } from './chat';
import { countCharacters, isTooLong, MAX_CHARACTERS, MAX_UNITS } from './message-length';
import { refusalText, texts } from './texts';
import type { ChatRules, WriteState } from './write-access';

const NEAR_LIMIT = MAX_CHARACTERS - 50;

interface ComposerProps {
  chat: Chat;
  signInAddress: string;
  toast(text: string): void;
}

/** The form for a message, or the reason why the user cannot write. */
export function Composer({ chat, signInAddress, toast }: ComposerProps) {
  const state = chat.access.state.value;
  const note = noteOf(state, signInAddress);
  if (!note) return <MessageForm chat={chat} state={state} toast={toast} />;
  return (
    <p id="chat-note" class="note chat-note">
      {note}
    </p>
  );
}

function noteOf(state: WriteState, signInAddress: string) {
  switch (state.kind) {
    case 'connecting':
      return texts.connecting;
    case 'guest':
      return (
        <a class="button" href={signInAddress}>
          {texts.signIn}
        </a>
      );
    case 'signed-out':
      return (
        <>
          {texts.signedOut}{' '}
          <a class="button" href={signInAddress}>
            {texts.signInAgain}
          </a>
        </>
      );
    case 'banned':
      return texts.banned;
    case 'closed':
      return texts.closed;
    case 'unavailable':
      return texts.unavailable(refusalText(state.refusal));
    case 'timed-out':
      return <Waiting text={texts.timedOut} until={state.until} />;
    case 'newcomer':
      return <Waiting text={texts.newcomer} until={state.until} />;
    case 'waiting':
    case 'open':
      return null;
  }
}

function Waiting({ text, until }: { text: string; until: number }) {
  return (
    <span>
      {text} <span class="remaining">{remaining(until)}</span>
    </span>
  );
}

/** Never 0:00. Not by `now`, whose last tick may be a second ago. */
function remaining(until: number): string {
  now.value; // updates the text each second
  return duration(Math.max(1, Math.round((until - serverNow()) / 1000)) * 1000);
}

function MessageForm({ chat, state, toast }: { chat: Chat; state: WriteState; toast(text: string): void }) {
  const text = useSignal('');
  const characters = countCharacters(text.value);
  const message = text.value.trim();
  const isInvalid = isTooLong(message);
  const waiting = state.kind === 'waiting' ? remaining(state.until) : null;

  const onSubmit = (event: Event) => {
    event.preventDefault();
    if (!message || isInvalid || waiting) return;
    if (chat.send(message)) text.value = '';
    else toast(texts.tooMany);
  };
  return (
    <form id="composer" class="composer" autocomplete="off" onSubmit={onSubmit}>
      <Rules rules={chat.access.rules.value} />
      <label class="hidden-text" for="message">
        {texts.label}
      </label>
      <input
        id="message"
        type="text"
        maxLength={MAX_UNITS}
        placeholder={texts.placeholder}
        enterkeyhint="send"
        aria-describedby="counter"
        aria-invalid={isInvalid}
        dir="auto"
        value={text.value}
        onInput={(event: TargetedEvent<HTMLInputElement>) => {
          text.value = event.currentTarget.value;
        }}
      />
      <span id="counter" class={`counter ${characters >= NEAR_LIMIT ? 'near' : ''}`}>
        <span aria-hidden="true">
          {count(characters)}/{MAX_CHARACTERS}
        </span>
        <span class="hidden-text">{texts.characters(count(characters))}</span>
      </span>
      <button
        class="button"
        type="submit"
        // A button that is really disabled would lose the focus.
        aria-disabled={waiting !== null || isInvalid}
        aria-label={waiting ? texts.sendIn(waiting) : undefined}
        // The input keeps the focus, and so a phone its keyboard.
        onPointerDown={(event) => event.preventDefault()}
      >
        {waiting ?? texts.send}
      </button>
    </form>
  );
}

function Rules({ rules }: { rules: ChatRules }) {
  const shown = [rules.slowSeconds > 0 && texts.slowMode(rules.slowSeconds), !rules.links && texts.noLinks];
  const text = shown.filter(Boolean).join(' · ');
  return text ? <p class="rules">{text}</p> : null;
}
