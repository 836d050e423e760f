import { useSignal } from '@preact/signals';
import type { ApiError } from '../../api/client';
import { errorText } from '../../i18n/errors';
import { dayAndTime } from '../../i18n/format';
import { ConfirmButton } from '../../ui/confirm-button';
import { ProblemNote } from '../problem-note';
import { CopyField } from './copy-field';
import type { PublishSession } from './publish-session';
import { QrCode } from './qr-code';
import { texts } from './texts';

interface PublishKeysProps {
  session: PublishSession;
  toast(text: string): void;
}

/** Address and key for the encoder, as text and as QR code. */
export function PublishKeys({ session, toast }: PublishKeysProps) {
  const isQrShown = useSignal(false);
  const addresses = session.addresses.value;
  const current = session.current.value;
  if (!current) return <ProblemNote error={session.error.value} onRetry={() => session.load()} />;
  if (!addresses) return <p class="studio-note">{texts.keyIsTheHosts}</p>;
  const rotate = async () => {
    try {
      await session.rotate();
      toast(texts.rotated);
    } catch (error) {
      toast(errorText(error as ApiError));
    }
  };
  const isRotating = session.isRotating.value;
  return (
    <section class="studio-card" aria-labelledby="keys-heading">
      <h3 id="keys-heading">{texts.keys}</h3>
      <p class="studio-note">{texts.keysHint}</p>
      <CopyField label={texts.server} value={addresses.server} toast={toast} />
      <CopyField label={texts.streamKey} value={addresses.key} isSecret toast={toast} />
      <CopyField
        label={texts.oneAddress}
        hint={texts.oneAddressHint}
        value={addresses.address}
        isSecret
        toast={toast}
      />
      <h4>{texts.qrTitle}</h4>
      <p class="studio-note">{texts.qrHint}</p>
      <p class="key-buttons">
        <button
          type="button"
          class="small-action"
          aria-expanded={isQrShown.value}
          onClick={() => {
            isQrShown.value = !isQrShown.value;
          }}
        >
          {isQrShown.value ? texts.hideQr : texts.showQr}
        </button>
        <a class="small-action" href={addresses.larixLink}>
          {texts.openLarix}
        </a>
      </p>
      {isQrShown.value && <QrCode text={addresses.larixLink} label={texts.qrLabel} />}
      <p class="studio-note">{texts.validUntil(dayAndTime(current.expiresAt))}</p>
      <ConfirmButton
        className="small-action"
        isDisabled={isRotating}
        question={texts.rotateQuestion}
        details={texts.rotateDetails}
        confirmText={texts.rotate}
        onConfirm={() => void rotate()}
      >
        {isRotating ? texts.rotating : texts.rotate}
      </ConfirmButton>
    </section>
  );
}
