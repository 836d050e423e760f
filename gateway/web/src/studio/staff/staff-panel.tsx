import { useSignal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { errorText } from '../../i18n/errors';
import { dayAndTime } from '../../i18n/format';
import { ConfirmButton } from '../../ui/confirm-button';
import { ProblemNote } from '../problem-note';
import type { StudioShow } from '../studio-show';
import type { StaffMember } from '../wire';
import { ShowStaff } from './show-staff';
import { texts } from './texts';
import './staff.css';

const MAX_USER_ID_LENGTH = 64; // as the services allow

/** The people who help with the show. */
export function StaffPanel({ show }: { show: StudioShow }) {
  const [staff] = useState(() => new ShowStaff(show.id));
  useEffect(() => void staff.load(), [staff]);
  const members = staff.members.value;
  return (
    <>
      <ProblemNote error={staff.error.value} onRetry={() => void staff.load()} />
      <AddForm staff={staff} />
      <ul id="staff" class="staff">
        {members?.map((member) => (
          <li key={member.userId} class="studio-card staff-member">
            <span>
              <bdi>
                <strong>{member.name}</strong>
              </bdi>{' '}
              {member.name !== member.userId && <bdi class="muted">{member.userId}</bdi>}
              <br />
              {texts.roles[member.role]}
            </span>
            <ConfirmButton
              className="small-action"
              label={texts.removeMember(member.name)}
              isDisabled={staff.isBusy.value}
              question={texts.removeQuestion(member.name)}
              confirmText={texts.remove}
              onConfirm={() => void staff.remove(member.userId)}
            >
              {texts.remove}
            </ConfirmButton>
          </li>
        ))}
      </ul>
      {members?.length === 0 && <p class="studio-note">{texts.nobody}</p>}
      {staff.audit.value.length > 0 && (
        <details class="studio-card staff-audit">
          <summary>{texts.audit}</summary>
          <ul>
            {staff.audit.value.map(({ id, at, by, userId, action, role }) => (
              <li key={id}>
                <span class="muted">{dayAndTime(at)}</span> <bdi>{by}</bdi> → <bdi>{userId}</bdi>:{' '}
                {[texts.actions[action], role && texts.roles[role]].filter(Boolean).join(', ')}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function AddForm({ staff }: { staff: ShowStaff }) {
  const userId = useSignal('');
  const role = useSignal<StaffMember['role']>('MODERATOR');
  const id = userId.value.trim();
  const refusal = staff.refusal.value;
  const onSubmit = async (event: Event) => {
    event.preventDefault();
    if (id && (await staff.put(id, role.value))) userId.value = '';
  };
  return (
    <form class="studio-card" autocomplete="off" onSubmit={onSubmit}>
      <div class="studio-field">
        <label for="staff-user">{texts.userId}</label>
        <input
          id="staff-user"
          type="text"
          maxLength={MAX_USER_ID_LENGTH}
          autocapitalize="off"
          spellcheck={false}
          value={userId.value}
          onInput={(event) => {
            userId.value = event.currentTarget.value;
          }}
        />
      </div>
      <fieldset class="staff-roles">
        <legend>{texts.role}</legend>
        {(['MODERATOR', 'COHOST'] as const).map((option) => (
          <label key={option}>
            <input
              type="radio"
              name="staff-role"
              checked={role.value === option}
              onChange={() => {
                role.value = option;
              }}
            />
            <span>
              {texts.roles[option]}
              <span class="studio-note">{texts.roleHints[option]}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <p class="studio-problem" role="alert">
        {refusal && errorText(refusal)}
      </p>
      <button type="submit" class="button" aria-disabled={staff.isBusy.value || !id}>
        {texts.add}
      </button>
    </form>
  );
}
