import { serverNow } from '../api/clock';
import { Picture } from '../ui/picture';
import { DraftForm, useDraftForm } from './draft-form';
import {
  findProblem,
  isWebAddress,
  MAX_ADDRESS_LENGTH,
  MAX_DESCRIPTION_LENGTH,
  MAX_TITLE_LENGTH,
  type ShowPlan,
  toLocalTime,
} from './show-plan';
import { texts } from './texts';

interface ShowFormProps {
  before: ShowPlan;
  submitText: string;
  busyText: string;
  /** Sends the form. The form shows the error if it fails. */
  onSubmit(plan: ShowPlan): Promise<void>;
}

/** The form that plans a show: title, description, start, and the picture with its preview. */
export function ShowForm({ before, submitText, busyText, onSubmit }: ShowFormProps) {
  const state = useDraftForm({
    before,
    findProblem: (plan: ShowPlan) => findProblem(plan, serverNow(), before),
    problems: texts.problems,
    onSubmit,
  });
  const { draft, change } = state;
  const { title, description, scheduledAt, thumbnailUrl } = draft.value;
  return (
    <DraftForm state={state} submitText={submitText} busyText={busyText}>
      <div class="studio-field">
        <label for="show-title">{texts.titleField}</label>
        <input
          id="show-title"
          data-problem="title-missing"
          value={title}
          maxLength={MAX_TITLE_LENGTH}
          onInput={(event) => change({ title: event.currentTarget.value })}
        />
      </div>
      <div class="studio-field">
        <label for="show-schedule">{texts.scheduleField}</label>
        <input
          id="show-schedule"
          data-problem="schedule-past"
          type="datetime-local"
          aria-describedby="show-schedule-hint"
          value={scheduledAt}
          min={toLocalTime(new Date(serverNow()))}
          onInput={(event) => change({ scheduledAt: event.currentTarget.value })}
        />
        <p id="show-schedule-hint" class="studio-note">
          {texts.scheduleHint}
        </p>
      </div>
      <div class="studio-field">
        <label for="show-thumbnail">{texts.thumbnailField}</label>
        <input
          id="show-thumbnail"
          data-problem="thumbnail-invalid"
          type="url"
          inputMode="url"
          autocapitalize="none"
          spellcheck={false}
          aria-describedby="show-thumbnail-hint"
          placeholder="https://"
          value={thumbnailUrl}
          maxLength={MAX_ADDRESS_LENGTH}
          onInput={(event) => change({ thumbnailUrl: event.currentTarget.value })}
        />
        <p id="show-thumbnail-hint" class="studio-note">
          {texts.thumbnailHint}
        </p>
        <Preview title={title} address={thumbnailUrl} />
      </div>
      <div class="studio-field">
        <label for="show-description">{texts.descriptionField}</label>
        <textarea
          id="show-description"
          rows={3}
          value={description}
          maxLength={MAX_DESCRIPTION_LENGTH}
          onInput={(event) => change({ description: event.currentTarget.value })}
        />
      </div>
    </DraftForm>
  );
}

/** The card of the show on the front page. */
function Preview({ title, address }: { title: string; address: string }) {
  const isComplete = isWebAddress(address);
  return (
    <figure class="show-preview">
      <Picture
        className="poster"
        address={isComplete ? address.trim() : undefined}
        text={title || texts.untitled}
        problemText={texts.pictureFailed}
      />
      <figcaption>
        <span class="studio-note">{texts.preview}</span>
        <strong>
          <bdi>{title || texts.untitled}</bdi>
        </strong>
      </figcaption>
    </figure>
  );
}
