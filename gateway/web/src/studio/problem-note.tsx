import type { ApiError } from '../api/client';
import { errorText } from '../i18n/errors';
import { texts } from './texts';

interface ProblemNoteProps {
  error: ApiError | undefined;
  onRetry(): void;
}

/** Tells that something could not be loaded. Calls that can succeed are repeated by themselves. */
export function ProblemNote({ error, onRetry }: ProblemNoteProps) {
  return (
    <div role="status">
      {error && (
        <p class="studio-error">
          <span>{texts.loadFailed(errorText(error))}</span>
          <button type="button" class="text-button" onClick={onRetry}>
            {texts.retry}
          </button>
        </p>
      )}
    </div>
  );
}
