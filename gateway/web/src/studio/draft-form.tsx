import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import type { ApiError } from '../api/client';
import { errorText } from '../i18n/errors';

interface DraftFormOptions<D, P extends string> {
  before: D;
  /** Returns the first problem of a draft; the input with that `data-problem` gets the focus. */
  findProblem(draft: D): P | undefined;
  problems: Record<P, string>;
  onSubmit(draft: D): Promise<void>;
}

/** The state of a form: its draft, the problem that it shows, and one submission at a time. */
export function useDraftForm<D extends object, P extends string>({
  before,
  findProblem,
  problems,
  onSubmit,
}: DraftFormOptions<D, P>) {
  const draft = useSignal(before);
  const problem = useSignal('');
  const isBusy = useSignal(false);
  const form = useRef<HTMLFormElement>(null);
  const change = (fields: Partial<D>) => {
    draft.value = { ...draft.value, ...fields };
    problem.value = '';
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    if (isBusy.value) return;
    const mistake = findProblem(draft.value);
    if (mistake) {
      problem.value = problems[mistake];
      form.current?.querySelector<HTMLElement>(`[data-problem="${mistake}"]`)?.focus();
      return;
    }
    isBusy.value = true;
    try {
      await onSubmit(draft.value);
    } catch (error) {
      problem.value = errorText(error as ApiError);
    } finally {
      isBusy.value = false;
    }
  };
  return { draft, problem, isBusy, form, change, submit };
}

interface DraftFormProps {
  state: Pick<ReturnType<typeof useDraftForm>, 'problem' | 'isBusy' | 'form' | 'submit'>;
  submitText: string;
  busyText: string;
  children: ComponentChildren;
}

/** A form with its fields, the problem below them, and its button. */
export function DraftForm({ state, submitText, busyText, children }: DraftFormProps) {
  const { problem, isBusy, form, submit } = state;
  return (
    <form ref={form} class="studio-form" noValidate onSubmit={submit}>
      {children}
      <p class="studio-problem" role="alert">
        {problem.value}
      </p>
      <div class="studio-actions">
        <button type="submit" class="button" aria-disabled={isBusy.value}>
          {isBusy.value ? busyText : submitText}
        </button>
      </div>
    </form>
  );
}
