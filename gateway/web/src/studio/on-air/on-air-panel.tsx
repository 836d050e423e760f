import { useSignal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { count } from '../../i18n/format';
import { Player } from '../../player/player';
import { PlayerView } from '../../player/player-view';
import { ActionButton } from '../../ui/action-button';
import { ConfirmButton } from '../../ui/confirm-button';
import { Plot } from '../../ui/plot';
import { webAddress } from '../../ui/web-address';
import type { StudioRoom } from '../studio-room';
import { isInCharge, type StudioShow } from '../studio-show';
import { texts as studioTexts } from '../texts';
import { CopyField } from './copy-field';
import { EncoderCard } from './encoder-card';
import type { OnAir } from './on-air';
import { PublishKeys } from './publish-keys';
import { texts } from './texts';
import './on-air.css';

interface OnAirPanelProps {
  show: StudioShow;
  onAir: OnAir;
  room: StudioRoom;
}

/** The show on air: picture, viewers, the source of the picture, and the button that starts and ends the show. */
export function OnAirPanel({ show, onAir, room }: OnAirPanelProps) {
  const { source } = onAir;
  const isChief = isInCharge(show);
  const isLive = show.status === 'LIVE';
  return (
    <div class="on-air">
      {isLive && <Viewers onAir={onAir} room={room} />}
      {isLive && source.value === 'encoder' && <Preview show={show} room={room} />}
      <EncoderCard watch={onAir.encoder} source={source.value} />
      {isChief && source.value === 'encoder' && <PublishKeys session={onAir.session} toast={room.toast} />}
      <section class="studio-card">
        <CopyField label={texts.viewerLink} value={`${location.origin}/live/${show.streamKey}`} toast={room.toast} />
        <a class="studio-link" href={`/live/${show.streamKey}`}>
          {studioTexts.viewerPage}
        </a>
      </section>
      {isChief && <ShowButton show={show} onAir={onAir} />}
    </div>
  );
}

/** Starts or ends the show. A start without a picture is asked for, because viewers would look at nothing. */
function ShowButton({ show, onAir }: Pick<OnAirPanelProps, 'show' | 'onAir'>) {
  const isBusy = onAir.isBusy.value;
  const encoder = onAir.encoder.state.value;
  const isDisconnected = encoder?.srs === 'UP' && !encoder.connected;
  if (show.status === 'LIVE') {
    return (
      <div class="studio-actions">
        <ConfirmButton
          className="button end-show"
          isDisabled={isBusy}
          question={texts.endQuestion}
          details={texts.endDetails}
          confirmText={texts.end}
          onConfirm={() => void onAir.stop()}
        >
          {isBusy ? texts.ending : texts.end}
        </ConfirmButton>
      </div>
    );
  }
  if (onAir.source.value === 'camera') return null; // the camera starts the show
  const text = isBusy ? texts.starting : show.status === 'OFFLINE' ? texts.again : texts.goLive;
  return (
    <div class="studio-actions">
      <p class="studio-note">{texts.goLiveHint}</p>
      {isDisconnected ? (
        <ConfirmButton
          className="button"
          isDisabled={isBusy}
          question={texts.goLiveQuestion}
          details={texts.goLiveDetails}
          confirmText={texts.goLive}
          onConfirm={() => void onAir.goLive()}
        >
          {text}
        </ConfirmButton>
      ) : (
        <ActionButton className="button" isDisabled={isBusy} ignoresDoubleClick onPress={() => void onAir.goLive()}>
          {text}
        </ActionButton>
      )}
    </div>
  );
}

/** Both viewer numbers, and the plot of the first. */
function Viewers({ onAir, room }: Pick<OnAirPanelProps, 'onAir' | 'room'>) {
  const viewers = room.live.viewerCount.value;
  const players = room.live.playerCount.value;
  const points = onAir.audience.points.value;
  return (
    <section class="studio-card" aria-label={texts.viewers}>
      <dl class="figures">
        <div>
          <dt>{texts.watching}</dt>
          <dd id="watching">{viewers === null ? '–' : count(viewers)}</dd>
        </div>
        <div>
          <dt>{texts.playing}</dt>
          <dd id="playing">{players === null ? '–' : count(players)}</dd>
        </div>
      </dl>
      <details class="figures-help">
        <summary>{texts.viewersHelp}</summary>
        <p class="studio-note">{texts.watchingHint}</p>
        <p class="studio-note">{texts.playingHint}</p>
      </details>
      {points.length > 1 && (
        <Plot
          label={texts.viewersPlot}
          series={[{ name: texts.watching, points: points.map(({ at, viewers }) => ({ at, value: viewers })) }]}
        />
      )}
    </section>
  );
}

/** The picture that viewers see. It costs as much network as a viewer's, so that the user can switch it off. */
function Preview({ show, room }: Pick<OnAirPanelProps, 'show' | 'room'>) {
  const isShown = useSignal(true);
  return (
    <section class="studio-card preview" aria-label={texts.picture}>
      {isShown.value && <Picture show={show} room={room} />}
      <button
        type="button"
        class="text-button"
        onClick={() => {
          isShown.value = !isShown.value;
        }}
      >
        {isShown.value ? texts.hidePicture : texts.showPicture}
      </button>
    </section>
  );
}

function Picture({ show, room }: Pick<OnAirPanelProps, 'show' | 'room'>) {
  const { streamKey, thumbnailUrl } = show;
  const [player, setPlayer] = useState<Player>();
  useEffect(() => {
    const { isLive, isHostAway } = room.live;
    const created = new Player({ streamKey, isLive, isHostAway });
    setPlayer(created);
    return () => created.dispose();
  }, [streamKey, room]);
  return <div class="preview-frame">{player && <PlayerView player={player} poster={webAddress(thumbnailUrl)} />}</div>;
}
