import type { ReadonlySignal } from '@preact/signals';
import type { PlaybackKpis } from './kpis';
import { texts } from './texts';

const seconds = (milliseconds: number | null): string =>
  milliseconds === null ? '–' : `${(milliseconds / 1000).toFixed(1)} s`;

/** Shows how well the stream plays, for support and for whoever tunes the stream. */
export function KpiOverlay({ kpis }: { kpis: ReadonlySignal<PlaybackKpis> }) {
  const { mode, firstFrameMs, rebuffers, stallMs, reconnects, latencyMs, latencySource } = kpis.value;
  const rows = [
    [texts.mode, mode ? texts.modes[mode] : '–'],
    [texts.firstFrame, seconds(firstFrameMs)],
    [texts.rebuffers, rebuffers],
    [texts.stall, seconds(stallMs)],
    [texts.reconnects, reconnects],
    [latencySource ? texts.latency[latencySource] : texts.unknownLatency, seconds(latencyMs)],
  ];
  return (
    <dl class="player-kpis" aria-label={texts.kpis}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
