import { useSignal } from '@preact/signals';
import { ActionButton } from '../../ui/action-button';
import { type ChatPolicy, type Moderation, wordsOf } from './moderation';
import { texts } from './texts';

const SLOW_SECONDS = [0, 3, 5, 10, 30, 60] as const;
const NEWCOMER_MINUTES = [0, 1, 5, 10, 30] as const;
const MAX_WORDS_LENGTH = 10_000; // 200 words of 49 letters, each on its line

interface RulesFormProps {
  policy: ChatPolicy;
  moderation: Moderation;
}

/** The rules of the chat. Each takes effect at once; the words are saved by their own button. */
export function RulesForm({ policy, moderation }: RulesFormProps) {
  const words = useSignal(policy.words.join('\n'));
  const isBusy = moderation.isBusy.value;
  const saveWords = async () => {
    const list = wordsOf(words.value);
    if (await moderation.saveWords(list)) words.value = list.join('\n');
  };
  return (
    <details class="studio-card moderation-part">
      <summary>{texts.rules}</summary>
      <div class="field-row">
        <Choice
          id="slow-seconds"
          label={texts.slowMode}
          value={policy.slowSeconds}
          options={SLOW_SECONDS}
          text={texts.seconds}
          isDisabled={isBusy}
          onChange={(slowSeconds) => void moderation.changePolicy({ slowSeconds })}
        />
        <Choice
          id="newcomer-minutes"
          label={texts.newcomers}
          value={policy.minutesInRoom}
          options={NEWCOMER_MINUTES}
          text={texts.minutes}
          isDisabled={isBusy}
          onChange={(minutesInRoom) => void moderation.changePolicy({ minutesInRoom })}
        />
      </div>
      <label class="moderation-switch">
        <input
          type="checkbox"
          checked={policy.closed}
          disabled={isBusy}
          onChange={(event) => void moderation.changePolicy({ closed: event.currentTarget.checked })}
        />
        {texts.closed}
      </label>
      <label class="moderation-switch">
        <input
          type="checkbox"
          checked={policy.links}
          disabled={isBusy}
          onChange={(event) => void moderation.changePolicy({ links: event.currentTarget.checked })}
        />
        {texts.links}
      </label>
      <div class="studio-field">
        <label for="words">{texts.words}</label>
        <textarea
          id="words"
          rows={4}
          maxLength={MAX_WORDS_LENGTH}
          dir="auto"
          value={words.value}
          onInput={(event) => {
            words.value = event.currentTarget.value;
          }}
        />
      </div>
      <ActionButton className="button secondary" isDisabled={isBusy} onPress={saveWords}>
        {texts.saveWords}
      </ActionButton>
    </details>
  );
}

interface ChoiceProps {
  id: string;
  label: string;
  value: number;
  options: readonly number[];
  text(value: number): string;
  isDisabled: boolean;
  onChange(value: number): void;
}

function Choice({ id, label, value, options, text, isDisabled, onChange }: ChoiceProps) {
  // A value that another client has set stays selectable.
  const values = [...new Set([...options, value])].sort((a, b) => a - b);
  return (
    <div class="studio-field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        disabled={isDisabled}
        onChange={(event) => onChange(Number(event.currentTarget.value))}
      >
        {values.map((option) => (
          <option key={option} value={option}>
            {text(option)}
          </option>
        ))}
      </select>
    </div>
  );
}
