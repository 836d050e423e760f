import { useEffect } from 'preact/hooks';
import { errorText } from '../../i18n/errors';
import { count } from '../../i18n/format';
import type { EncoderState } from '../wire';
import type { EncoderWatch } from './encoder-watch';
import type { Source } from './on-air';
import { texts } from './texts';

/** The state of the media server and of the encoder, with what to do when it is bad. */
export function EncoderCard({ watch, source }: { watch: EncoderWatch; source: Source }) {
  useEffect(() => watch.start(), [watch]);
  const state = watch.state.value;
  const error = watch.error.value;
  return (
    <section class="studio-card encoder" aria-labelledby="encoder-heading">
      <h3 id="encoder-heading">
        {texts.encoder}
        {state && <StateMark state={state} />}
      </h3>
      <div role="status">
        {!state && !error && <p class="studio-note">{texts.checking}</p>}
        {error && <p class="studio-problem">{errorText(error)}</p>}
        {state?.srs === 'NOT_CONFIGURED' && <p class="studio-note">{texts.notConfigured}</p>}
        <Problems watch={watch} source={source} />
      </div>
      {state?.connected && <Figures state={state} />}
    </section>
  );
}

function StateMark({ state: { srs, connected } }: { state: EncoderState }) {
  const mark = srs !== 'UP' ? 'unknown' : connected ? 'connected' : 'disconnected';
  return (
    <span class="state-mark" data-state={mark}>
      {texts[mark]}
    </span>
  );
}

function Problems({ watch, source }: { watch: EncoderWatch; source: Source }) {
  const state = watch.state.value;
  const problems = watch.problems.value;
  if (problems.length === 0) return state?.srs === 'UP' ? <p>{texts.allGood}</p> : null;
  return (
    <ul class="problems">
      {problems.map((problem) => (
        <li key={problem}>
          <strong>{texts.advice[problem][0]}</strong>{' '}
          {problem === 'not-connected' && source === 'camera' ? texts.startCamera : texts.advice[problem][1]}
        </li>
      ))}
    </ul>
  );
}

function Figures({ state: { bitrateKbps, video, audio, protocol } }: { state: EncoderState }) {
  const size = video?.width && video.height ? `${video.width} × ${video.height}` : undefined;
  const figures: [string, string][] = [
    [texts.bitrate, typeof bitrateKbps === 'number' ? texts.kbps(count(bitrateKbps)) : '–'],
    [texts.video, video ? [video.codec, size].filter(Boolean).join(', ') : '–'],
    [texts.audio, audio?.codec ?? '–'],
    ...(protocol ? [[texts.protocol, protocol] as [string, string]] : []),
  ];
  return (
    <dl class="encoder-figures">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
