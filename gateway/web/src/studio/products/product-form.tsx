import { useId } from 'preact/hooks';
import { settings } from '../../api/settings';
import { Picture } from '../../ui/picture';
import { DraftForm, useDraftForm } from '../draft-form';
import { isWebAddress, MAX_ADDRESS_LENGTH } from '../show-plan';
import { texts as studioTexts } from '../texts';
import { type DraftProblem, findDraftProblem, MAX_NAME_LENGTH, type ProductDraft } from './product-draft';
import { texts } from './texts';

/** Twenty options of 50 characters with commas between them. */
const MAX_OPTIONS_LENGTH = 1_040;
const MAX_NUMBER_LENGTH = 14;

interface ProductFormProps {
  before: ProductDraft;
  submitText: string;
  busyText: string;
  /** The flash price counts now, and the service does not return the regular one. */
  isPriceLocked?: boolean;
  /** Sends the form. The form shows the error if it fails. */
  onSubmit(draft: ProductDraft): Promise<void>;
}

/** The form of a product. */
export function ProductForm({ before, submitText, busyText, isPriceLocked = false, onSubmit }: ProductFormProps) {
  const state = useDraftForm({
    before,
    findProblem: findDraftProblem,
    problems: texts.problems,
    onSubmit,
  });
  const { draft, change } = state;
  const { imageUrl, name } = draft.value;
  const field = { draft: draft.value, change };
  return (
    <DraftForm state={state} submitText={submitText} busyText={busyText}>
      <Field {...field} name="name" label={texts.name} problem="name-missing" maxLength={MAX_NAME_LENGTH} />
      <div class="field-row">
        <Field
          {...field}
          name="price"
          label={texts.price(settings.currency)}
          problem="price-invalid"
          maxLength={MAX_NUMBER_LENGTH}
          inputMode="decimal"
          isDisabled={isPriceLocked}
          hint={isPriceLocked ? texts.priceLocked : undefined}
        />
        <Field
          {...field}
          name="stock"
          label={texts.stock}
          problem="stock-invalid"
          maxLength={MAX_NUMBER_LENGTH}
          inputMode="numeric"
        />
      </div>
      <Field
        {...field}
        name="imageUrl"
        label={texts.image}
        problem="image-invalid"
        maxLength={MAX_ADDRESS_LENGTH}
        inputMode="url"
      />
      {isWebAddress(imageUrl) && (
        <Picture
          className="thumb product-picture"
          address={imageUrl.trim()}
          text={name}
          problemText={studioTexts.pictureFailed}
        />
      )}
      <Field
        {...field}
        name="colors"
        label={texts.colors}
        problem="options-invalid"
        maxLength={MAX_OPTIONS_LENGTH}
        hint={texts.optionsHint}
      />
      <Field {...field} name="sizes" label={texts.sizes} problem="options-invalid" maxLength={MAX_OPTIONS_LENGTH} />
      <Field
        {...field}
        name="shippingFee"
        label={texts.shipping(settings.currency)}
        problem="shipping-invalid"
        maxLength={MAX_NUMBER_LENGTH}
        inputMode="decimal"
      />
    </DraftForm>
  );
}

interface FieldProps {
  draft: ProductDraft;
  change(fields: Partial<ProductDraft>): void;
  name: keyof ProductDraft;
  label: string;
  problem: DraftProblem;
  maxLength: number;
  inputMode?: 'decimal' | 'numeric' | 'url';
  isDisabled?: boolean;
  hint?: string | undefined;
}

function Field({ draft, change, name, label, problem, maxLength, inputMode, isDisabled, hint }: FieldProps) {
  const id = useId();
  return (
    <div class="studio-field">
      <label for={id}>{label}</label>
      <input
        id={id}
        data-problem={problem}
        value={draft[name]}
        maxLength={maxLength}
        inputMode={inputMode}
        autocapitalize={inputMode ? 'none' : undefined}
        autocomplete="off"
        disabled={isDisabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onInput={(event) => change({ [name]: event.currentTarget.value })}
      />
      {hint && (
        <p id={`${id}-hint`} class="studio-note">
          {hint}
        </p>
      )}
    </div>
  );
}
