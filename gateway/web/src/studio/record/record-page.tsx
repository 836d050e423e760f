import { useEffect, useState } from 'preact/hooks';
import { count, dayAndTime, duration, money } from '../../i18n/format';
import { Plot } from '../../ui/plot';
import { ProblemNote } from '../problem-note';
import type { StudioShow } from '../studio-show';
import type { PastShow } from '../wire';
import { downloadCsv } from './csv';
import { type Figures, ShowRecord } from './show-record';
import { texts } from './texts';
import './record.css';

/** What each show of the stream brought: viewers, messages, orders. */
export function RecordPage({ show }: { show: StudioShow }) {
  const [record] = useState(() => new ShowRecord(show.id, show.streamKey));
  // The state of the show changes the list: it begins and ends a show.
  useEffect(() => void record.load(), [record, show.status]);
  const shows = record.shows.value;
  const selected = record.selected.value;
  const figures = record.figures.value;
  return (
    <>
      <ProblemNote error={record.error.value} onRetry={() => void record.load()} />
      {shows?.length === 0 && (
        <div class="studio-card studio-empty">
          <h3>{texts.noneTitle}</h3>
          <p>{texts.noneText}</p>
        </div>
      )}
      {shows && selected && (
        <div class="studio-field record-choice">
          <label for="record-show">{texts.show}</label>
          <select
            id="record-show"
            value={selected.startedAt}
            onChange={(event) => {
              const show = shows.find(({ startedAt }) => startedAt === event.currentTarget.value);
              if (show) void record.select(show);
            }}
          >
            {shows.map(({ startedAt, endedAt }) => (
              <option key={startedAt} value={startedAt}>
                {dayAndTime(startedAt)} {endedAt ? '' : texts.onAir}
              </option>
            ))}
          </select>
        </div>
      )}
      {!figures && !record.error.value && shows?.length !== 0 && (
        <p class="studio-note" role="status">
          {texts.loading}
        </p>
      )}
      {selected && figures && (
        <>
          <ProblemNote error={figures.errors[0]} onRetry={() => void record.select(selected)} />
          <FigureList show={selected} figures={figures} />
          <ViewerPlot figures={figures} />
          <ProductTable figures={figures} />
          <Downloads streamKey={show.streamKey} show={selected} figures={figures} />
        </>
      )}
    </>
  );
}

type FigureRow = [name: string, text: string, value: number | undefined];

/** The figures with their names, as text for the page and as numbers for the file. */
function rowsOf({ audience, sales, chat }: Figures): FigureRow[] {
  const row = (name: string, value: number | undefined, format: (value: number) => string = count): FigureRow => [
    name,
    value === undefined ? '–' : format(value),
    value,
  ];
  return [
    row(texts.peak, audience?.peak),
    row(texts.unique, audience?.unique),
    row(texts.average, audience?.average, (value) => count(Math.round(value))),
    row(texts.watchTime, audience?.watchSeconds, (seconds) => duration(seconds * 1000)),
    row(texts.messages, chat?.messages),
    row(texts.orders, sales?.orders),
    row(texts.paidOrders, sales?.paidOrders),
    row(texts.cancelledOrders, sales?.cancelledOrders),
    row(texts.unitsSold, sales?.unitsSold),
    row(texts.revenue, sales?.revenue, money),
    row(texts.pendingRevenue, sales?.pendingRevenue, money),
  ];
}

function FigureList({ show: { startedAt, endedAt }, figures }: { show: PastShow; figures: Figures }) {
  return (
    <section class="studio-card" aria-label={texts.figures}>
      <p>
        {dayAndTime(startedAt)}
        {endedAt && ` · ${duration(Date.parse(endedAt) - Date.parse(startedAt))}`}
      </p>
      <dl id="record-figures" class="record-figures">
        {rowsOf(figures).map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function ViewerPlot({ figures: { history, sales } }: { figures: Figures }) {
  const minutes = history?.minutes ?? [];
  return (
    <section class="studio-card">
      <Plot
        label={texts.viewersPlot}
        series={[
          { name: texts.average, points: minutes.map(({ at, average }) => ({ at: Date.parse(at), value: average })) },
          { name: texts.peak, points: minutes.map(({ at, peak }) => ({ at: Date.parse(at), value: peak })) },
        ]}
        marks={(sales?.moments ?? []).map(({ at, kind, productName }) => ({
          at: Date.parse(at),
          text: `${productName} · ${texts.moments[kind]}`,
        }))}
      />
    </section>
  );
}

function ProductTable({ figures: { sales } }: { figures: Figures }) {
  if (!sales?.products.length) return null;
  return (
    <section class="studio-card record-products">
      <table>
        <caption>{texts.products}</caption>
        <thead>
          <tr>
            <th scope="col">{texts.product}</th>
            <th scope="col">{texts.unitsSold}</th>
            <th scope="col">{texts.unitsPending}</th>
            <th scope="col">{texts.revenue}</th>
          </tr>
        </thead>
        <tbody>
          {sales.products.map(({ productId, name, unitsSold, unitsPending, revenue }) => (
            <tr key={productId}>
              <th scope="row">
                <bdi>{name}</bdi>
              </th>
              <td>{count(unitsSold)}</td>
              <td>{count(unitsPending)}</td>
              <td>{money(revenue)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface DownloadsProps {
  streamKey: string;
  show: PastShow;
  figures: Figures;
}

function Downloads({ streamKey, show: { startedAt, endedAt }, figures }: DownloadsProps) {
  const { sales, history } = figures;
  const fileName = (part: string) => `${streamKey}-${startedAt.slice(0, 10)}-${part}.csv`;
  const saveFigures = () =>
    downloadCsv(fileName('figures'), [
      [texts.start, startedAt],
      [texts.end, endedAt ?? ''],
      ...rowsOf(figures).map(([name, , value]) => [name, value]),
    ]);
  const saveProducts = () =>
    downloadCsv(fileName('products'), [
      [texts.product, texts.unitsSold, texts.unitsPending, texts.revenue],
      ...(sales?.products ?? []).map((product) => [
        product.name,
        product.unitsSold,
        product.unitsPending,
        product.revenue,
      ]),
    ]);
  const saveViewers = () =>
    downloadCsv(fileName('viewers'), [
      [texts.start, texts.average, texts.peak, texts.unique],
      ...(history?.minutes ?? []).map(({ at, average, peak, unique }) => [at, average, peak, unique]),
    ]);
  return (
    <div class="record-buttons">
      <button type="button" class="small-action" onClick={saveFigures}>
        {texts.saveFigures}
      </button>
      {sales && (
        <button type="button" class="small-action" onClick={saveProducts}>
          {texts.saveProducts}
        </button>
      )}
      {history && (
        <button type="button" class="small-action" onClick={saveViewers}>
          {texts.saveViewers}
        </button>
      )}
      <button type="button" class="small-action" onClick={() => print()}>
        {texts.print}
      </button>
    </div>
  );
}
